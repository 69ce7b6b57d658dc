using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using NetworkIdentity.SamplePartner.OpenId;

namespace NetworkIdentity.SamplePartner;

/// <summary>Someone who is signed in, as their own cookie says: the app keeps nothing.</summary>
/// <param name="Subject">The <c>sub</c> of the ID token.</param>
/// <param name="AccessToken">For userinfo.</param>
/// <param name="EndsAt">When the access token ends, and so the session.</param>
/// <param name="IdToken">The ID token, as it came.</param>
/// <param name="Wire">What went over the wire when they signed in.</param>
internal sealed record Session(string Subject, string AccessToken, DateTimeOffset EndsAt, string IdToken, IReadOnlyList<Exchange> Wire)
{
    /// <summary>The token's name in the token response, and in the cookie.</summary>
    public const string IdTokenName = "id_token";

    /// <summary>The claims of the ID token, which was checked when it came.</summary>
    public JsonObject Claims => IdTokenCheck.Decode(IdToken.Split('.')[1]);

    /// <summary>The session in a ticket.</summary>
    public static Session Of(AuthenticationTicket ticket) => Of(ticket.Principal, ticket.Properties);

    /// <summary>The session of someone who was just signed in.</summary>
    public static Session Of(System.Security.Claims.ClaimsPrincipal principal, AuthenticationProperties properties)
    {
        var idToken = properties.GetTokenValue(IdTokenName)!;

        // A provider needn't say how long an access token lives; then the ID token's own end is taken.
        var endsAt = properties.GetTokenValue("expires_at") is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
            : DateTimeOffset.FromUnixTimeSeconds((long)IdTokenCheck.Decode(idToken.Split('.')[1])["exp"]!);
        return new Session(principal.FindFirst("sub")!.Value, properties.GetTokenValue("access_token")!, endsAt, idToken, Exchange.Of(properties));
    }

    /// <summary>What went over the wire, with the ID token decoded and what was asked last.</summary>
    public IReadOnlyList<Exchange> WireWith(Exchange userInfo)
    {
        var parts = IdToken.Split('.');
        var decoded = $"{Indented(IdTokenCheck.Decode(parts[0]))}\n.\n{Indented(IdTokenCheck.Decode(parts[1]))}\n.\n{parts[2]}";
        return [.. Wire, new Exchange("ID token, decoded", decoded), userInfo];

        static string Indented(JsonObject json) => json.ToJsonString(JsonWords.Indented);
    }
}
