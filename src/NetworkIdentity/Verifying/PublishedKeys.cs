using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Verifying;

/// <summary>The keys that an issuer publishes itself, for who has no root of its certificates.</summary>
/// <param name="Issuer">The issuer, who is trusted.</param>
/// <param name="Keys">The keys that sign its credentials and lists; null where they could not be found.</param>
/// <param name="Unknown">Why they could not be found; null where they were.</param>
public sealed record PublishedKeys(string Issuer, IReadOnlyList<Jwk>? Keys, string? Unknown);
