using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Server.Practice;

/// <summary>How one offer was taken, as the tape has it.</summary>
/// <param name="Exchanges">The wallet's requests and their answers, in their order.</param>
/// <param name="Credential">All that the credential says, the hidden claims too; null where the tape has not seen it.</param>
public sealed record IssuanceStory(IReadOnlyList<Exchange> Exchanges, JsonObject? Credential)
{
    private static readonly string[] Shared = ["/.well-known/", "/nonce", "/schemas/"];

    /// <summary>Follows the offer's code to the token, and the token to the credential.</summary>
    public static IssuanceStory Of(IReadOnlyList<Exchange> tape, string offerId)
    {
        var offers = tape.Where(one => one.Path == $"/offer/{offerId}" && one.ResponseBody.Length > 0).ToList();
        var code = offers.Select(one => Wire.Json(one.ResponseBody)?["grants"]?["urn:ietf:params:oauth:grant-type:pre-authorized_code"]?["pre-authorized_code"]?.ToString())
            .FirstOrDefault(code => code is not null);
        if (code is null) return new([], null);

        var tokens = tape.Where(one => one.Path == "/token" && Wire.Form(one.RequestBody).GetValueOrDefault("pre-authorized_code") == code).ToList();
        var issued = tokens.Select(one => Wire.Json(one.ResponseBody)?["access_token"]?.ToString()).OfType<string>()
            .SelectMany(token => tape.Where(one => one.RequestHeader("Authorization")?.EndsWith(token, StringComparison.Ordinal) == true)).ToList();

        // Metadata and nonces carry no name of whom they are for: those that came in between.
        var own = offers.Concat(tokens).Concat(issued).ToList();
        var between = tape.SkipWhile(one => one != own[0]).Reverse().SkipWhile(one => !own.Contains(one)).Reverse()
            .Where(one => own.Contains(one) || Shared.Any(start => one.Path.StartsWith(start, StringComparison.Ordinal)));
        return new([.. between], issued.Select(CredentialIn).FirstOrDefault(credential => credential is not null));
    }

    private static JsonObject? CredentialIn(Exchange exchange)
    {
        if (Wire.Json(exchange.ResponseBody)?["credentials"] is not JsonArray { Count: > 0 } credentials || credentials[0]?["credential"]?.ToString() is not { } text) return null;
        try
        {
            return SdJwtVc.Read(SdJwt.Parse(text)).Claims;
        }
        catch (Refusal)
        {
            return null;
        }
    }
}
