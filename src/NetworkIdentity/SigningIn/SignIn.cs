using NetworkIdentity.Registry;

namespace NetworkIdentity.SigningIn;

/// <summary>
/// The stages of a sign-in. Legal moves: asked to proven to redeemed, by way of confirmed where it was proven on another device; asked, proven or confirmed to
/// lapsed; and any to lapsed, where who holds the wallet disowns it.
/// </summary>
public static class SignIn
{
    /// <summary>A partner asked; a wallet may answer.</summary>
    public const string Asked = "asked";

    /// <summary>A member proved. The browser that asked may go on, if the answer came back to it.</summary>
    public const string Proven = "proven";

    /// <summary>A member proved on another device, and chose the number that the browser shows: it may go on.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>The browser went back with a code.</summary>
    public const string Redeemed = "redeemed";

    /// <summary>Cancelled, or disowned by who holds the wallet.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>Lapsed because the person at the browser said so.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Lapsed because the person at the wallet said that it was not theirs.</summary>
    public const string Disowned = "disowned";

    /// <summary>Lapsed because the person at the wallet chose another number than that of the browser that asked.</summary>
    public const string WrongNumber = "wrong_number";

    /// <summary>Lapsed because a credential that was proven was revoked, suspended or over before the browser went on.</summary>
    public const string CredentialEnded = "credential_ended";

    /// <summary>How long a wallet may take to come, then to answer, and then the browser.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>How old the QR code grows before the page shows another.</summary>
    public static readonly TimeSpan CodeRenewal = TimeSpan.FromSeconds(30);

    /// <summary>How long a QR code that no wallet has scanned leads anywhere: longer than it is shown, for who was about to.</summary>
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    /// <summary>Where a sign-in stands, as its page shows it.</summary>
    public static SignInState StateOf(SignIns.Row row, DateTimeOffset now) => row switch
    {
        { Stage: Lapsed } => SignInState.Cancelled,
        { Stage: Proven or Confirmed, ProvenAt: { } at } when at <= (now - Lifetime).ToUnixTimeSeconds() => SignInState.Expired,
        { Stage: Redeemed or Confirmed } or { Stage: Proven, ProvenFlow: PresentationRequests.DigitalCredentials } => SignInState.Verified,
        { Stage: Proven, ProvenFlow: PresentationRequests.CrossDevice } => SignInState.Confirming,

        // Proven on the same device: the wallet has yet to send the browser back with its response code.
        { Stage: Proven } => SignInState.Scanned,
        _ when row.ExpiresAt <= now.ToUnixTimeSeconds() => SignInState.Expired,
        { RefusedStep: not null } => SignInState.Failed,
        { ScannedAt: not null } => SignInState.Scanned,
        _ => SignInState.Waiting,
    };

    /// <summary>Until when what is awaited may come: the wallet, or after it the browser. Unix seconds.</summary>
    public static long EndOf(SignIns.Row row) => row is { Stage: Proven or Confirmed, ProvenAt: { } at } ? at + (long)Lifetime.TotalSeconds : row.ExpiresAt;
}
