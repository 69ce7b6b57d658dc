using NetworkIdentity.Server.Doors;

namespace NetworkIdentity.Server.Endpoints;

/// <summary>What of this provider itself takes access tokens, and says so [RFC9728]. A resource that is registered here is somebody else's, and says so itself.</summary>
/// <param name="Path">Where it is: its indicator is the URL of this path.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Door">How it takes them: <see cref="Door.BearerOrDpop"/> where they may be bound to a key.</param>
internal sealed record ProtectedResource(string Path, string Name, Door Door)
{
    /// <summary>Userinfo.</summary>
    public static readonly ProtectedResource UserInfo = new("/userinfo", "What a member told an app", Door.BearerOrDpop);

    /// <summary>The credential endpoint.</summary>
    public static readonly ProtectedResource Credential = new("/credential", "Credentials for wallets", Door.Bearer);

    /// <summary>The deferred credential endpoint.</summary>
    public static readonly ProtectedResource DeferredCredential = new("/deferred-credential", "Credentials that wallets wait for", Door.Bearer);

    /// <summary>The notification endpoint.</summary>
    public static readonly ProtectedResource Notification = new("/notification", "What became of credentials", Door.Bearer);

    /// <summary>The desk's calls.</summary>
    public static readonly ProtectedResource Desk = new("/api/desk", "The desk, where members decide", Door.Desk);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ProtectedResource> All = [UserInfo, Credential, DeferredCredential, Notification, Desk];

    /// <summary>Where its metadata are [RFC9728 §3.1].</summary>
    public string MetadataUrl(Nation nation) => WellKnown.Insert(nation.Url(Path), "oauth-protected-resource");
}
