using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.SigningIn;

/// <summary>What a client learns of a member's session. A session is of one client: what was proven for one is never told to another.</summary>
public static class Session
{
    /// <summary>A member proved with a wallet on the device of the browser: the answer came back to that browser by itself [OIDC §2].</summary>
    public const string SameDevice = "urn:network-identity:acr:same-device";

    /// <summary>A member proved with a wallet on another device, and confirmed there the number that the browser showed.</summary>
    public const string CrossDevice = "urn:network-identity:acr:cross-device";

    /// <summary>A member proved by the browser's Digital Credentials API, which found the wallet, and is near it, and told it the origin [OpenID4VP App. A].</summary>
    public const string DigitalCredentials = "urn:network-identity:acr:digital-credentials";

    /// <summary>The contexts of a proof, as <c>acr</c> names them.</summary>
    public static readonly IReadOnlyList<string> Contexts = [SameDevice, CrossDevice, DigitalCredentials];

    /// <summary>In <c>amr</c>: that the holder of a key proved to have it [RFC8176 §2]. The types that were proven follow, by name.</summary>
    public const string ProofOfPossession = "pop";

    /// <summary>The context of a session's proof.</summary>
    public static string ContextOf(Sessions.Row session) => ContextOf(session.ProvenFlow);

    /// <summary>The context of a proof by a flow of <see cref="PresentationRequests"/>.</summary>
    public static string ContextOf(string flow) => flow switch
    {
        PresentationRequests.SameDevice => SameDevice,
        PresentationRequests.DigitalCredentials => DigitalCredentials,
        _ => CrossDevice,
    };

    /// <summary>
    /// The session as its client knows it, <c>sid</c> [OIDC-BackChannel §2.1]: 43 characters. The record's own id begins with the time it was written, and what is
    /// written in one act for two clients would say to both that it was (decision 0028).
    /// </summary>
    /// <param name="keys">The nation's keys.</param>
    /// <param name="sessionId">The record's id.</param>
    public static string NameOf(KeyRing keys, string sessionId) => Base64Url.Encode(

        // No sector and no member id holds a NUL, so that this is no subject.
        keys.CurrentKey(KeyPurpose.Subject, KeyPurpose.Hmac).Authenticate(System.Text.Encoding.UTF8.GetBytes($"\0session\0{sessionId}")));

    /// <summary>What was disclosed, by type. Not all of it is told in every answer (<see cref="Told"/>).</summary>
    public static JsonObject DisclosedIn(KeyRing keys, Sessions.Row session) => StrictJson.ParseObject(keys.Sealing.Open(session.Claims, Owner(session.Id)));

    /// <summary>The types that were proven, whatever the policy asks by now.</summary>
    public static IEnumerable<string> TypesIn(KeyRing keys, Sessions.Row session) => DisclosedIn(keys, session).Select(type => type.Key);

    /// <summary>The name that a session's claims are sealed for.</summary>
    internal static string Owner(string sessionId) => $"session/{sessionId}";

    /// <summary>The name that a sign-in's claims are sealed for.</summary>
    internal static string OwnerOfSignIn(string signInId) => $"sign_in/{signInId}";
}
