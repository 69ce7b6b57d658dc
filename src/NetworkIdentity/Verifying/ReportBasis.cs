using NetworkIdentity.Recognizing;

namespace NetworkIdentity.Verifying;

/// <summary>What stands behind a verdict on one credential, and what nobody may read into it.</summary>
/// <param name="Trust">Why its issuer is trusted here: <c>own</c> (it is the nation itself), <c>recognition</c>, or <c>setting</c> (this server's operator named it); null where its proof did not hold.</param>
/// <param name="CharterVersion">The version of its issuer's charter that it names; null where it names none.</param>
/// <param name="CharterDigest">The digest of that version, where it is this nation's own and was adopted; null else.</param>
/// <param name="Recognitions">Of this nation's own, those in force by which others accept its type; of another's, those by which it is trusted here.</param>
/// <param name="DoesNotSay">In sentences.</param>
public sealed record ReportBasis(string? Trust, string? CharterVersion, string? CharterDigest, IReadOnlyList<RegisteredRecognition> Recognitions, IReadOnlyList<string> DoesNotSay);
