namespace NetworkIdentity.Verifying;

/// <summary>What a holder must answer, so that a presentation is of here and now.</summary>
/// <param name="Audience">Whom it is shown to: <c>aud</c> of a key binding, <c>domain</c> of a proof. Compared as a string. Null where a W3C presentation may be meant for anyone.</param>
/// <param name="Nonce">What was asked: <c>nonce</c>, or <c>challenge</c>. Null where a W3C presentation need not answer.</param>
public sealed record HolderChallenge(string? Audience, string? Nonce)
{
    /// <summary>How old an answer may be. The nonce makes it fresh; this bounds a clock that is wrong.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>How far the clock of a holder or an issuer may run ahead.</summary>
    internal static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
}
