using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>Asks the provider what it still says of someone [OIDC §5.3].</summary>
internal sealed partial class UserInfo(Discovery discovery, Backchannel backchannel)
{
    /// <summary>An answer: the claims, or the error that it was refused with.</summary>
    /// <param name="Claims">Null where it was refused.</param>
    /// <param name="Error">The code [RFC6750 §3.1].</param>
    /// <param name="Description">The provider's words to it.</param>
    public sealed record Answer(JsonObject? Claims, string? Error = null, string? Description = null);

    [GeneratedRegex("(?<name>[a-z_]+)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    /// <summary>Asks.</summary>
    /// <param name="accessToken">The access token of the session.</param>
    /// <param name="subject">Whom the ID token named: claims of another are not taken [OIDC §5.3.2].</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SignInException">The provider doesn't answer: that says nothing of the person.</exception>
    public async Task<Answer> AskAsync(string accessToken, string subject, CancellationToken cancellation)
    {
        var provider = await discovery.FindAsync(cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.UserInfoEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        try
        {
            using var response = await backchannel.Client.SendAsync(request, cancellation);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) return Refused(response);
            if (!response.IsSuccessStatusCode) throw new SignInException(Fault.NoAnswer, ((int)response.StatusCode).ToString(), provider.UserInfoEndpoint);
            var claims = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject;
            if (claims is null) throw new SignInException(Fault.NotAProvider, "userinfo", "the answer is no JSON object");
            return (string?)claims["sub"] == subject ? new Answer(claims) : new Answer(null, "sub", "userinfo names another person than the ID token");
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new SignInException(Fault.NoAnswer, null, provider.UserInfoEndpoint);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new SignInException(Fault.NotAProvider, "userinfo", "the answer is not what userinfo answers with");
        }
    }

    private static Answer Refused(HttpResponseMessage response)
    {
        var challenge = Parameter().Matches(response.Headers.WwwAuthenticate.ToString()).ToLookup(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
        return new Answer(null, challenge["error"].FirstOrDefault() ?? ((int)response.StatusCode).ToString(), challenge["error_description"].FirstOrDefault());
    }
}
