namespace NetworkIdentity.Registry;

/// <summary>Single-use things that carry their own proof of being ours (a nonce): the row is the use.</summary>
public static class Spent
{
    /// <summary>The kind of a nonce for a key proof.</summary>
    public const string CredentialNonce = "credential_nonce";

    /// <summary>The kind of a client's assertion.</summary>
    public const string ClientAssertion = "client_assertion";

    /// <summary>The kind of a proof of possession.</summary>
    public const string DpopProof = "dpop_proof";

    /// <summary>The kind of a challenge for a presentation.</summary>
    public const string Challenge = "challenge";

    /// <summary>The kind of a nonce that an account elsewhere signs.</summary>
    public const string AccountNonce = "account_nonce";

    /// <summary>Uses a thing; breaks with <paramref name="kind"/> where it was used before.</summary>
    public static Statement Use(string kind, string id, long expiresAt) => new(
        "INSERT INTO spent (kind, id, expires_at) VALUES (@kind, @id, @expiresAt) ON CONFLICT DO NOTHING", new { kind, id, expiresAt }, kind);
}
