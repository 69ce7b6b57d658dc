using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Pages;

/// <summary>
/// The steward's station: its page, its manifest, its icons and its service worker, at <c>/station</c> under the issuer's path. Its modules are among
/// <see cref="ModuleFiles"/>; the worker keeps those that the page loads, so that it opens without a network.
/// </summary>
public sealed class StationFiles
{
    private const string Folder = "/assets/station";
    private const string Script = Folder + "/station.js";

    /// <summary>Those of the wallet: an icon belongs to the nation.</summary>
    private static readonly string[] Icons = ["/icon.svg", "/icon-180.png", "/icon-192.png", "/icon-512.png", "/icon-maskable-512.png"];

    /// <summary>The files that are no modules: they are here, and nowhere else.</summary>
    internal static IReadOnlyList<string> Embedded { get; } = ["station/station.html", "station/station.webmanifest", "station/service-worker.js"];

    private readonly FrozenDictionary<string, Asset> _byPath;

    /// <summary>The files of one nation.</summary>
    /// <param name="issuerPath">The path of its issuer; empty where there is none.</param>
    /// <param name="wallet">The origin of the wallet in the browser, which the station leads to; null where there is none.</param>
    public StationFiles(string issuerPath, string? wallet)
    {
        var station = issuerPath + "/station";
        string Filled(string text) => text
            .Replace("{path}", issuerPath, StringComparison.Ordinal)
            .Replace("{netid.css}", Assets.Css.Url, StringComparison.Ordinal)
            .Replace("{wallet}", WebUtility.HtmlEncode(wallet ?? ""), StringComparison.Ordinal);
        byte[] Text(string name) => Encoding.UTF8.GetBytes(Filled(Encoding.UTF8.GetString(EmbeddedFile.Read(typeof(StationFiles).Assembly, name))));

        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { [""] = Text(Embedded[0]), ["/station.webmanifest"] = Text(Embedded[1]) };
        foreach (var icon in Icons) files.Add(icon, WalletFiles.ByPath[icon].Bytes.ToArray());

        // What the worker keeps: what is here, and what the page loads from elsewhere on this host.
        var loaded = Loaded().ToDictionary(path => path, path => ModuleFiles.ByPath[path].Version, StringComparer.Ordinal);
        loaded.Add(Assets.Css.Url, Assets.Css.Version);
        foreach (var (path, bytes) in files) loaded.Add(station + path, VersionOf(bytes));
        var worker = EmbeddedFile.Read(typeof(StationFiles).Assembly, Embedded[2]);
        var version = VersionOf([.. Encoding.UTF8.GetBytes(string.Concat(loaded.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key} {file.Value}\n"))), .. worker]);
        var head = $"const version = \"{version}\";\nconst page = {JsonSerializer.Serialize(station)};\nconst pages = {JsonSerializer.Serialize(Pages.Select(path => station + path))};\n"
            + $"const files = {JsonSerializer.Serialize(loaded.Keys.Order(StringComparer.Ordinal))};\n";
        files.Add("/service-worker.js", [.. Encoding.UTF8.GetBytes(head), .. worker]);
        files.Add("/answer", files[""]);
        _byPath = files.Select(file => new Asset(station + file.Key, WalletFiles.TypeOf(file.Key), file.Value, VersionOf(file.Value)))
            .ToFrozenDictionary(asset => asset.Path[station.Length..], StringComparer.Ordinal);
    }

    /// <summary>Where the one page is, below the station's path: at rest, and where a wallet's answer leads [OpenID4VP §8.1].</summary>
    public static IReadOnlyList<string> Pages { get; } = ["", "/answer"];

    /// <summary>Every file, by its path below the station's.</summary>
    public IReadOnlyDictionary<string, Asset> ByPath => _byPath;

    /// <summary>The modules that the page's script imports, one by another, with the style.</summary>
    internal static IEnumerable<string> Loaded()
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { Folder + "/station.css" };
        var left = new Queue<string>([Script]);
        while (left.TryDequeue(out var path))
        {
            // What is imported and is not there is left out here: a test names it.
            if (!ModuleFiles.ByPath.TryGetValue(path, out var module) || !found.Add(path)) continue;
            foreach (var import in ModuleFiles.ImportsOf(path, Encoding.UTF8.GetString(module.Bytes.Span))) left.Enqueue(import);
        }

        return found;
    }

    private static string VersionOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}
