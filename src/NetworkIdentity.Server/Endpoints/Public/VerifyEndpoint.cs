using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET and POST /verify: is a credential or a presentation right? For anyone, in any format. What is sent is neither kept nor written down.</summary>
internal static class VerifyEndpoint
{
    private const string Json = "application/json";
    private const int MaxChallenge = 1024;

    /// <summary>What is sent as it is, by its media type.</summary>
    private static readonly string[] Plain =
    [
        "text/plain", "application/vc", "application/vp", "application/ld+json", "application/vc+ld+json", "application/vp+ld+json", "application/jwt", "application/sd-jwt",
        "application/vc+jwt", "application/vp+jwt", "application/vc+sd-jwt", "application/vp+sd-jwt", "application/dc+sd-jwt",
    ];

    /// <summary>What is asked.</summary>
    private sealed record Asked(string Text, HolderChallenge? Challenge, bool WithClaims = false);

    /// <summary>The page with its form.</summary>
    public static IResult Page(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Pages.Page.Of<VerifyPage>(ViewOf(context, nation));
    }

    /// <summary>Verifies: JSON for who sent a body, the page for who sent the form.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation, VerifyTurns turns)
    {
        context.Response.Headers.CacheControl = "no-store";
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : "";
        var isForm = context.Request.HasFormContentType;
        var asked = isForm ? await FormAsync(context) : type == Json ? OfJson(await RequestReading.BodyAsync(context.Request))
            : Plain.Contains(type) ? new(Text(await RequestReading.BodyAsync(context.Request)), null)
            : throw OAuthRefusal.InvalidRequest($"the content type must be {Json}, or that of a credential, or text/plain");

        if (isForm && string.IsNullOrWhiteSpace(asked.Text)) return Pages.Page.Of<VerifyPage>(ViewOf(context, nation) with { IsEmpty = true }, StatusCodes.Status400BadRequest);

        // Taken once all was read: who sends slowly takes none.
        using var turn = turns.Take();
        var report = await nation.PublicVerifier.VerifyAsync(asked.Text, asked.Challenge, context.RequestAborted);
        var signed = await nation.SignedReports.SignAsync(report, asked.Challenge, asked.WithClaims);
        if (isForm) return Pages.Page.Of<VerifyPage>(ViewOf(context, nation) with { Report = report, Signed = signed, Bases = await BasesAsync(report, nation) });
        var json = report.ToJson();
        json["report"] = signed;
        return Results.Json(json);
    }

    private static Asked OfJson(byte[] body)
    {
        // A credential may be sent as it is, or in an object with what its holder must answer.
        if (StrictJson.Parse(body) is not JsonObject json || json.ContainsKey("@context")) return new(Text(body), null);
        var (challenge, domain) = (json.OptionalString("challenge"), json.OptionalString("domain"));
        json.Remove("challenge");
        json.Remove("domain");
        var withClaims = json.OptionalBoolean("include_claims") == true;
        json.Remove("include_claims");
        return new(StrictJson.WriteText(json), ChallengeOf(challenge, domain), withClaims);
    }

    private static async Task<Asked> FormAsync(HttpContext context)
    {
        // All of it stays in memory: what is sent is not put down anywhere, not even for a moment.
        var form = await context.Request.ReadFormAsync(
            new FormOptions
            {
                BufferBody = false,
                MemoryBufferThreshold = RequestReading.MaxBody,
                MultipartBodyLengthLimit = RequestReading.MaxBody,
                ValueLengthLimit = RequestReading.MaxBody,
                ValueCountLimit = 8,
                KeyLengthLimit = 64,
            },
            context.RequestAborted);
        var text = form["text"].ToString();
        if (form.Files is [{ Length: > 0 } file, ..])
        {
            if (!string.IsNullOrWhiteSpace(text)) throw OAuthRefusal.InvalidRequest("it is a text and a file: send one of both");
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, context.RequestAborted);
            text = Text(bytes.ToArray());
        }

        return new(text, ChallengeOf(Given("challenge"), Given("domain")));

        string? Given(string name) => form[name].ToString() is { Length: > 0 } value ? value : null;
    }

    private static async Task<IReadOnlyList<ReportBasis>> BasesAsync(VerificationReport report, NationContext nation)
    {
        var bases = new List<ReportBasis>();
        foreach (var one in report.Each) bases.Add(await nation.SignedReports.BasisOfAsync(one));
        return bases;
    }

    private static HolderChallenge? ChallengeOf(string? challenge, string? domain)
    {
        if (challenge is null && domain is null) return null;
        if (challenge is null || domain is null) throw OAuthRefusal.InvalidRequest("challenge and domain are given together");
        return challenge.Length <= MaxChallenge && domain.Length <= MaxChallenge ? new(domain, challenge) : throw OAuthRefusal.InvalidRequest("challenge or domain is too long");
    }

    /// <summary>What is not UTF-8 is no credential; that is for the verdict to say.</summary>
    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static VerifyView ViewOf(HttpContext context, NationContext nation) => new()
    {
        Nation = nation.Keys.Nation.Name,
        Url = nation.Keys.Nation.Url("/verify"),
        RecognitionsUrl = nation.Keys.Nation.Url(RecognitionsEndpoint.Path),
        CharterUrl = nation.Keys.Nation.Url(Joining.CharterEndpoint.Path),
        Own = [nation.Keys.Nation.Issuer, .. nation.DidLog is { } did ? (string[])[did.Did] : []],
        CorrelationId = context.TraceIdentifier,
    };
}
