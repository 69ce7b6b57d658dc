using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Pages;

/// <summary>
/// The browser modules that the nation's own pages load, by the path that serves them: all of Pages/Client/verifying and Pages/Client/station, and Pages/Client/shared, which they
/// share with the wallet. What is the wallet's alone is at the wallet's host alone.
/// </summary>
public static partial class ModuleFiles
{
    private const string Root = "/assets/";

    /// <summary>What the offline kit is made of is no module: <see cref="KitFile"/>.</summary>
    private const string Kit = Root + "verifying/kit.html";

    private static readonly string[] Folders = ["shared/", "verifying/", "station/"];

    /// <summary>Every file by its path. The folders lie side by side as they do in the repository, so that modules find each other.</summary>
    public static IReadOnlyDictionary<string, Asset> ByPath { get; } = Read();

    /// <summary>The script of the page that checks evidence.</summary>
    public static Asset VerifyingJs => ByPath[Root + "verifying/start.js"];

    /// <summary>A module and all that it imports, with other names for what they import.</summary>
    /// <param name="path">The module.</param>
    /// <param name="nameOf">The name by which a module is imported, by its path.</param>
    public static IReadOnlyDictionary<string, string> Renamed(string path, Func<string, string> nameOf)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = new Queue<string>([path]);
        while (left.TryDequeue(out var next))
        {
            if (found.ContainsKey(next)) continue;
            var text = Encoding.UTF8.GetString(ByPath[next].Bytes.Span);
            foreach (var import in ImportsOf(next, text)) left.Enqueue(import);
            found[next] = Import().Replace(text, match => match.Value.Replace(match.Groups["from"].Value, nameOf(Resolved(next, match.Groups["from"].Value)), StringComparison.Ordinal));
        }

        return found;
    }

    /// <summary>The modules that a module's text imports, by their paths.</summary>
    /// <param name="path">Where the module is.</param>
    /// <param name="text">Its text.</param>
    public static IEnumerable<string> ImportsOf(string path, string text) =>
        Import().Matches(text).Select(match => Resolved(path, match.Groups["from"].Value));

    private static string Resolved(string path, string from) => new Uri(new Uri("https://nation.invalid" + path), from).AbsolutePath;

    private static FrozenDictionary<string, Asset> Read()
    {
        var assembly = typeof(ModuleFiles).Assembly;
        return assembly.GetManifestResourceNames()
            .Select(name => (Name: name, Path: Root + name.Replace('\\', '/')))
            .Where(file => Folders.Any(folder => file.Path.StartsWith(Root + folder, StringComparison.Ordinal)) && file.Path != Kit && !StationFiles.Embedded.Contains(file.Path[Root.Length..]))
            .Select(file => (file.Path, Bytes: EmbeddedFile.Read(assembly, file.Name)))
            .Select(file => new Asset(file.Path, WalletFiles.TypeOf(file.Path), file.Bytes, Convert.ToHexStringLower(SHA256.HashData(file.Bytes))[..16]))
            .ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);
    }

    /// <summary>What a module imports at its start, or when it needs it. Addresses are relative, and written out.</summary>
    [GeneratedRegex("""^import\s[^"'`;]*["'](?<from>\.{1,2}/[^"']+)["']|\bfrom\s+["'](?<from>\.{1,2}/[^"']+)["']|\bimport\(["'](?<from>\.{1,2}/[^"']+)["']\)""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Import();
}
