using System.Text.Json.Nodes;

namespace NetworkIdentity.Verifying;

/// <summary>A credential of an accepted presentation.</summary>
/// <param name="QueryId">The id of the query it answers.</param>
/// <param name="RecordId">The nation's record of it.</param>
/// <param name="MemberId">The member it is about.</param>
/// <param name="Type">The type's name.</param>
/// <param name="Claims">What was asked for and disclosed; nothing that was disclosed beyond that.</param>
public sealed record VerifiedCredential(string QueryId, string RecordId, string MemberId, string Type, JsonObject Claims);
