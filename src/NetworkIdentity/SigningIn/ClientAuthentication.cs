using System.Security.Cryptography;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>Which client it is that calls, by its secret or its key [RFC6749 §2.3] [OIDC §9].</summary>
public sealed class ClientAuthentication(Database database)
{
    /// <summary>Authenticates a client; a public one by its name alone.</summary>
    /// <exception cref="Refusal"><c>invalid_client</c>.</exception>
    public async Task<Partner> AuthenticateAsync(ClientCredentials? credentials)
    {
        var partner = credentials is null ? null : await Partner.FindAsync(database, credentials.ClientId);
        if (partner is null) throw OAuthRefusal.InvalidClient("the client is unknown or did not authenticate");

        // A secret is as good in the header as in the body; which of both a client registered is not held against it.
        var authentic = partner.SecretDigest is null
            ? partner.IsPublic && credentials!.Secret is null
            : credentials!.Secret is not null && CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.ASCII.GetBytes(RandomId.Digest(credentials.Secret)), System.Text.Encoding.ASCII.GetBytes(partner.SecretDigest));
        return authentic ? partner : throw OAuthRefusal.InvalidClient("the client is unknown or did not authenticate");
    }
}
