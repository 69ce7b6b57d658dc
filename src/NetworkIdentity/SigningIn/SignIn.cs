using NetworkIdentity.Registry;

namespace NetworkIdentity.SigningIn;

/// <summary>The stages of a sign-in. Legal moves: asked to proven to redeemed; asked or proven to lapsed; and any to lapsed, where who holds the wallet disowns it.</summary>
public static class SignIn
{
    /// <summary>A partner asked; a wallet may answer.</summary>
    public const string Asked = "asked";

    /// <summary>A member proved; the browser that asked may go on.</summary>
    public const string Proven = "proven";

    /// <summary>The browser went back with a code.</summary>
    public const string Redeemed = "redeemed";

    /// <summary>Cancelled, or disowned by who holds the wallet.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>Lapsed because the person at the browser said so.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Lapsed because the person at the wallet said that it was not theirs.</summary>
    public const string Disowned = "disowned";

    /// <summary>Lapsed because a credential that was proven was revoked, suspended or over before the browser went on.</summary>
    public const string CredentialEnded = "credential_ended";

    /// <summary>How long a wallet may take, and then the browser.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Where a sign-in stands, as its page shows it.</summary>
    public static SignInState StateOf(SignIns.Row row, DateTimeOffset now) => row switch
    {
        { Stage: Lapsed } => SignInState.Cancelled,
        { Stage: Proven, ProvenAt: { } at } when at <= (now - Lifetime).ToUnixTimeSeconds() => SignInState.Expired,
        { Stage: Redeemed } or { Stage: Proven, ProvenFlow: PresentationRequests.CrossDevice } => SignInState.Verified,

        // Proven on the same device: the wallet has yet to send the browser back with its response code.
        { Stage: Proven } => SignInState.Scanned,
        _ when row.ExpiresAt <= now.ToUnixTimeSeconds() => SignInState.Expired,
        { RefusedStep: not null } => SignInState.Failed,
        { ScannedAt: not null } => SignInState.Scanned,
        _ => SignInState.Waiting,
    };
}
