using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>An authorization request as its client meant it: by parameters, in a request object that it signed, or pushed before.</summary>
/// <param name="Partner">The client.</param>
/// <param name="Parameters">What counts: of a signed or pushed request what stood inside, and nothing that came beside it [RFC9101 §6.3] [RFC9126 §4].</param>
/// <param name="IsSigned">Whether the client signed it.</param>
/// <param name="PushedDigest">The digest of its request_uri; null where it was not pushed.</param>
public sealed record ReceivedRequest(Partner Partner, OAuthParameters Parameters, bool IsSigned, string? PushedDigest)
{
    /// <summary>Whether it is being pushed now: as good as one that was.</summary>
    internal bool IsBeingPushed { get; init; }
}
