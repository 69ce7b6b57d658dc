using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Routing;
using NetworkIdentity.SamplePartner.OpenId;

namespace NetworkIdentity.SamplePartner;

/// <summary>What both costumes have: the way to the provider, the style sheets, and a page for what is not there.</summary>
internal static class SharedEndpoints
{
    /// <summary>Where the link to sign in leads.</summary>
    public const string SignInPath = "/sign-in";

    /// <summary>The style sheets, by the address that the pages load them from: other bytes, other address.</summary>
    public static IReadOnlyList<(string Url, byte[] Bytes)> Assets { get; } = [Embedded("netid.css"), Embedded("partner.css")];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(SignInPath, SignInAsync);
        foreach (var (url, bytes) in Assets)
        {
            routes.MapGet(url[..url.IndexOf('?', StringComparison.Ordinal)], (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                return Results.Bytes(bytes, "text/css; charset=utf-8");
            });
        }

        routes.MapFallback((SamplePartnerOptions options) => Answers.NotHere(options));
    }

    /// <summary>Where those go on who come back from the provider.</summary>
    public static string HomeOf(SamplePartnerOptions options) => options.Node is null ? "/" : DoorEndpoints.VisitPath;

    private static async Task<IResult> SignInAsync(HttpContext context, SamplePartnerOptions options)
    {
        try
        {
            await context.ChallengeAsync(SamplePartnerApp.Nation, new AuthenticationProperties { RedirectUri = HomeOf(options) });
            return Results.Empty;
        }
        catch (SignInException exception)
        {
            return Answers.Of(options, exception, [], isSignedIn: false);
        }
    }

    private static (string Url, byte[] Bytes) Embedded(string name)
    {
        using var resource = typeof(SharedEndpoints).Assembly.GetManifestResourceStream($"assets/{name}")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return ($"/assets/{name}?v={Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}", bytes);
    }
}
