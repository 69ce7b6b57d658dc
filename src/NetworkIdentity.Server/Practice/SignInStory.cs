using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Server.Practice;

/// <summary>One sign-in, as the tape has it: the browser's, the wallet's and the app's requests.</summary>
/// <param name="ClientId">The app.</param>
/// <param name="Exchanges">The requests and their answers, in their order.</param>
/// <param name="IdToken">What the app was told; null where it never came to that.</param>
/// <param name="Refusals">What wallets were answered where their presentation was refused, in their order.</param>
/// <param name="HasEnded">Whether the app asked again with its token, and was refused.</param>
public sealed record SignInStory(string ClientId, IReadOnlyList<Exchange> Exchanges, JsonObject? IdToken, IReadOnlyList<string> Refusals, bool HasEnded)
{
    /// <summary>The sign-ins of a visitor, oldest first.</summary>
    public static IReadOnlyList<SignInStory> Of(IReadOnlyList<Exchange> tape, string visitor)
    {
        var clients = ClientsOf(tape);
        return
        [
            .. tape.Where(one => one.SignInId is not null && clients.ContainsKey(one.SignInId)).GroupBy(one => one.SignInId!)
                .Where(group => group.Any(one => IsByWhoAsked(one) && one.Visitor == visitor))
                .Select(group => Of(tape, [.. group], clients[group.Key])),
        ];
    }

    /// <summary>
    /// Whether the nation answered the browser that asked: nobody else gets past the door of its pages. A wallet's paths anyone may open who saw the code,
    /// and the way back anyone who has the wallet's answer: that makes no sign-in theirs.
    /// </summary>
    private static bool IsByWhoAsked(Exchange one) => one.Status < StatusCodes.Status400BadRequest
        && (one.Path == "/authorize" || (one.Path.StartsWith("/sign-in/", StringComparison.Ordinal) && !one.Path.StartsWith("/sign-in/return", StringComparison.Ordinal)
            && one.Path is not ("/sign-in/confirm" or "/sign-in/not-mine")));

    private static SignInStory Of(IReadOnlyList<Exchange> tape, IReadOnlyList<Exchange> own, string clientId)
    {
        // The code went to the app with the browser; by the code the app's own requests are found, by the token those that follow.
        var codes = own.Select(one => Parameter(one.ResponseHeader("Location"), "code")).OfType<string>().ToHashSet();
        var tokens = tape.Where(one => one.Path == "/token" && Wire.Form(one.RequestBody).GetValueOrDefault("code") is { } code && codes.Contains(code)).ToList();
        var answers = tokens.Select(one => Wire.Json(one.ResponseBody)).ToList();
        var access = answers.Select(answer => answer?["access_token"]?.ToString()).OfType<string>().ToHashSet();
        var asked = tape.Where(one => one.Path == "/userinfo" && access.Contains((one.RequestHeader("Authorization") ?? "").Split(' ')[^1])).ToList();
        var idToken = answers.Select(answer => answer?["id_token"]?.ToString()).OfType<string>().FirstOrDefault();
        return new(
            clientId,
            [.. tape.Where(one => own.Contains(one) || tokens.Contains(one) || asked.Contains(one))],
            idToken is null ? null : Jws.Parse(idToken).Claims(),
            [.. own.Where(one => one.Path.StartsWith("/response/", StringComparison.Ordinal) && one.Status == StatusCodes.Status400BadRequest)
                .Select(one => Wire.Json(one.ResponseBody)?["error_description"]?.ToString() ?? "")],
            asked.Any(one => one.Status == StatusCodes.Status401Unauthorized));
    }

    /// <summary>The app of each sign-in: of one that an app asked for, and of one that follows it because the person tried again.</summary>
    private static Dictionary<string, string> ClientsOf(IReadOnlyList<Exchange> tape)
    {
        var clients = new Dictionary<string, string>();
        foreach (var one in tape.Where(one => one.SignInId is not null))
        {
            if (one.Path == "/authorize" && Wire.Query(one).GetValueOrDefault("client_id") is { } clientId) clients[one.SignInId!] = clientId;
            if (one.Path.EndsWith("/again", StringComparison.Ordinal) && one.ResponseHeader("Location")?.Split('/')[^1] is { } next
                && clients.TryGetValue(one.SignInId!, out var before))
            {
                clients.TryAdd(next, before);
            }
        }

        return clients;
    }

    private static string? Parameter(string? url, string name) =>
        url?.Split('?', 2) is [_, var query] ? Wire.Form(query).GetValueOrDefault(name) : null;
}
