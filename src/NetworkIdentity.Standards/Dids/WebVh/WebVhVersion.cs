using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>A version of a DID whose entry was verified.</summary>
/// <param name="VersionId">The number, a dash and the hash of its entry.</param>
/// <param name="Number">From 1.</param>
/// <param name="Time">When its author says that it was made.</param>
/// <param name="Did">The <c>id</c> of its document: the place may change, where the DID is portable.</param>
/// <param name="Document">The document, as the entry has it.</param>
/// <param name="Active">What holds after the entry.</param>
/// <param name="MustApprove">Whose approval the entry needs; none where there are no witnesses.</param>
public sealed record WebVhVersion(string VersionId, int Number, DateTimeOffset Time, WebVhDid Did, JsonObject Document, ActiveParameters Active, WitnessRule MustApprove);
