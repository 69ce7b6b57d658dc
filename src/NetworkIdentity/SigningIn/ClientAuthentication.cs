using System.Security.Cryptography;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>Which client it is that calls, by its secret or its key [RFC6749 §2.3] [OIDC §9].</summary>
/// <param name="database">Where clients are, and the assertions that were used.</param>
/// <param name="nation">Whose issuer an assertion is for.</param>
/// <param name="keys">The clients' keys.</param>
/// <param name="time">The clock.</param>
public sealed class ClientAuthentication(Database database, Nation nation, ClientKeys keys, TimeProvider time)
{
    /// <summary>Authenticates a client; a public one by its name alone.</summary>
    /// <param name="credentials">What it sent; null where it sent nothing.</param>
    /// <param name="endpoint">The URL that it called, which an ordinary client's assertion may be for.</param>
    /// <exception cref="Refusal"><c>invalid_client</c>.</exception>
    public async Task<Partner> AuthenticateAsync(ClientCredentials? credentials, string endpoint)
    {
        if (credentials is null || await Partner.FindAsync(database, credentials.ClientId) is not { } partner) throw Unknown();
        switch (partner.Authentication)
        {
            case ClientCredentials.PrivateKeyJwt:
                await CheckAsync(partner, credentials.Assertion ?? throw Unknown(), endpoint);
                return partner;
            case ClientCredentials.None:
                return credentials is { Secret: null, Assertion: null } ? partner : throw Unknown();
            default:
                // A secret is as good in the header as in the body; which of both a client registered is not held against it.
                return credentials.Secret is { } secret && partner.SecretDigest is { } digest && CryptographicOperations.FixedTimeEquals(
                    System.Text.Encoding.ASCII.GetBytes(RandomId.Digest(secret)), System.Text.Encoding.ASCII.GetBytes(digest)) ? partner : throw Unknown();
        }
    }

    /// <summary>The algorithms that a client may sign with: what it registered, of what its class may [FAPI2 §5.4.1].</summary>
    internal static IReadOnlyList<string> AlgorithmsOf(Partner partner, IReadOnlyList<string> all, string? registered) =>
    [
        .. all.Where(algorithm => !(partner.IsFapi2 && algorithm == "RS256"))
            .Where(algorithm => registered is null || algorithm == registered || (IsEd25519(algorithm) && IsEd25519(registered))),
    ];

    private async Task CheckAsync(Partner partner, ClientAssertion assertion, string endpoint)
    {
        // 1. What it says, which needs no key and no call: nobody is called for what would be refused anyway.
        var algorithms = AlgorithmsOf(partner, ClientAssertion.Algorithms, partner.Metadata.AuthenticationAlgorithm);
        assertion.Check(algorithms, nation.Issuer, partner.IsFapi2 ? null : [nation.Url("/token"), endpoint], time.GetUtcNow());

        // 2. Whose it is.
        if (!await keys.SignedAsync(partner, assertion.Jws)) throw OAuthRefusal.InvalidClient("the client assertion: the signature is of no key of this client");

        // 3. It is good once, at whichever server [RFC7523 §3].
        var used = Spent.Use(Spent.ClientAssertion, RandomId.Digest($"{partner.ClientId} {assertion.Id}"), assertion.ExpiresAt.ToUnixTimeSeconds());
        if (await database.CommitAsync(used) is not null) throw OAuthRefusal.InvalidClient("the client assertion: it was used before");
    }

    private static bool IsEd25519(string algorithm) => algorithm is "EdDSA" or "Ed25519";

    private static Refusal Unknown() => OAuthRefusal.InvalidClient("the client is unknown or did not authenticate");
}
