using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Pages;

/// <summary>The files of Pages/Client, embedded in the assembly.</summary>
public static class Assets
{
    /// <summary>The style sheet of every page.</summary>
    public static Asset Css { get; } = Embedded("netid.css", "text/css; charset=utf-8");

    /// <summary>The style sheet of the page that verifies, beside that of every page.</summary>
    public static Asset VerifyCss { get; } = Embedded("verify.css", "text/css; charset=utf-8");

    /// <summary>The style sheet of the desk's pages, beside that of every page.</summary>
    public static Asset DeskCss { get; } = Embedded("desk.css", "text/css; charset=utf-8");

    /// <summary>The style sheet of the pages with a printed card, beside that of every page.</summary>
    public static Asset CardCss { get; } = Embedded("card.css", "text/css; charset=utf-8");

    /// <summary>The script of the sign-in page.</summary>
    public static Asset SignInJs { get; } = Embedded("sign-in.js", "text/javascript; charset=utf-8");

    /// <summary>The script of the page that posts an answer to an app.</summary>
    public static Asset FormPostJs { get; } = Embedded("form-post.js", "text/javascript; charset=utf-8");

    /// <summary>The script of the tour's pages.</summary>
    public static Asset TourJs { get; } = Embedded("tour.js", "text/javascript; charset=utf-8");

    /// <summary>The script of the page after logout.</summary>
    public static Asset LogoutJs { get; } = Embedded("logout.js", "text/javascript; charset=utf-8");

    /// <summary>The script of the page of accounts elsewhere.</summary>
    public static Asset ElsewhereJs { get; } = Embedded("elsewhere.js", "text/javascript; charset=utf-8");

    /// <summary>Each of them, for the endpoint that serves them.</summary>
    public static IReadOnlyList<Asset> All { get; } = [Css, VerifyCss, DeskCss, CardCss, SignInJs, FormPostJs, TourJs, LogoutJs, ElsewhereJs];

    private static Asset Embedded(string name, string contentType)
    {
        var bytes = EmbeddedFile.Read(typeof(Assets).Assembly, $"assets/{name}");
        return new Asset($"/assets/{name}", contentType, bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }
}
