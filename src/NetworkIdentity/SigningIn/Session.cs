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

    /// <summary>What was disclosed of these types, by type.</summary>
    /// <param name="keys">The nation's keys.</param>
    /// <param name="session">The session.</param>
    /// <param name="types">Names of types; what was not disclosed of them is not there.</param>
    public static JsonObject ClaimsOf(KeyRing keys, Sessions.Row session, IEnumerable<string> types)
    {
        var proven = StrictJson.ParseObject(keys.Sealing.Open(session.Claims, Owner(session.Id)));
        return new JsonObject(types.Distinct().Where(proven.ContainsKey).Select(type => KeyValuePair.Create(type, proven[type]?.DeepClone())));
    }

    /// <summary>The name that a session's claims are sealed for.</summary>
    internal static string Owner(string sessionId) => $"session/{sessionId}";

    /// <summary>The name that a sign-in's claims are sealed for.</summary>
    internal static string OwnerOfSignIn(string signInId) => $"sign_in/{signInId}";
}
