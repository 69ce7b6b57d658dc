using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Pages;

/// <summary>The offline kit: the page that checks evidence as one file, for whoever keeps it until the nation is not there any more. It is made of the same modules as the page.</summary>
/// <remarks>A module in a data URL can import no other by a relative address: so each is imported by a name, which the import map leads to its data URL.</remarks>
public static class KitFile
{
    private const string First = "/assets/verifying/page.js";
    private const string Samples = "/assets/verifying/samples.js";

    private static readonly string Template = Encoding.UTF8.GetString(EmbeddedFile.Read(Assembly.GetExecutingAssembly(), "verifying/kit.html"));
    private static readonly string Style = Encoding.UTF8.GetString(Assets.Css.Bytes.Span) + Encoding.UTF8.GetString(Assets.VerifyCss.Bytes.Span);
    private static readonly string Imports = JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["imports"] = ModuleFiles.Renamed(First, NameOf).Concat(ModuleFiles.Renamed(Samples, NameOf)).DistinctBy(module => module.Key)
            .ToDictionary(module => NameOf(module.Key), module => "data:text/javascript;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(module.Value))),
    });

    /// <summary>The file.</summary>
    /// <param name="nation">The nation that hands it out.</param>
    /// <param name="did">Its DID; null where it has none.</param>
    /// <param name="at">When.</param>
    public static string Of(Nation nation, string? did, DateTimeOffset at)
    {
        var start = $"""
            import {"{"} build {"}"} from "{NameOf(First)}";
            import samples from "{NameOf(Samples)}";
            document.getElementById("checker").replaceChildren(...build({"{"} did: {JsonSerializer.Serialize(did)}, samples {"}"}));
            """;

        // Nothing but what is in the file runs, and no connection is opened: the browser holds it to that.
        var policy = $"default-src 'none'; script-src '{HashOf(Imports)}' '{HashOf(start)}' data:; style-src '{HashOf(Style)}'; img-src data:; base-uri 'none'; form-action 'none'";
        var parts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["policy"] = policy,
            ["nation"] = WebUtility.HtmlEncode(nation.Name),
            ["issuer"] = WebUtility.HtmlEncode(nation.Issuer),
            ["did"] = WebUtility.HtmlEncode(did ?? "none: it has no name on the web that others reach"),
            ["day"] = at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["style"] = Style,
            ["imports"] = Imports,
            ["start"] = start,
        };
        var file = new StringBuilder();
        foreach (var (part, index) in Template.Split("{{").Select((part, index) => (part, index)))
            file.Append(index == 0 ? part : parts[part[..part.IndexOf("}}", StringComparison.Ordinal)]] + part[(part.IndexOf("}}", StringComparison.Ordinal) + 2)..]);
        return file.ToString();
    }

    private static string NameOf(string path) => "netid:" + path["/assets/".Length..];

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
