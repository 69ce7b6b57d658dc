using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Pages;

/// <summary>The files of Pages/Client/wallet and, under <c>/shared</c>, those of Pages/Client/shared, embedded in the assembly, by the path at the wallet's host that serves them.</summary>
public static class WalletFiles
{
    /// <summary>The service worker: what it keeps, and under which version, is written at its head.</summary>
    public const string ServiceWorker = "/service-worker.js";

    private const string Page = "/wallet.html";

    /// <summary>Where the one page is served: home, the credential offer endpoint [OpenID4VCI §4.1] and the authorization endpoint [OpenID4VP §5] of this wallet.</summary>
    public static IReadOnlyList<string> Pages { get; } = ["/", "/offer", "/present"];

    /// <summary>Every file by its path, the page under each of its own.</summary>
    public static IReadOnlyDictionary<string, Asset> ByPath { get; } = Read();

    private static FrozenDictionary<string, Asset> Read()
    {
        const string Own = "wallet/";
        const string Shared = "shared/";
        var embedded = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { ["/netid.css"] = Assets.Css.Bytes.ToArray() };
        foreach (var name in typeof(WalletFiles).Assembly.GetManifestResourceNames())
        {
            if (name.StartsWith(Own, StringComparison.Ordinal) || name.StartsWith(Shared, StringComparison.Ordinal))
                embedded.Add("/" + (name.StartsWith(Own, StringComparison.Ordinal) ? name[Own.Length..] : name).Replace('\\', '/'), EmbeddedFile.Read(typeof(WalletFiles).Assembly, name));
        }

        var page = embedded[Page];
        embedded.Remove(Page);
        embedded.Remove(ServiceWorker, out var worker);
        foreach (var path in Pages) embedded.Add(path, page);
        embedded.Add(ServiceWorker, Headed(worker!, embedded));
        return embedded.Select(file => new Asset(file.Key, TypeOf(file.Key), file.Value, VersionOf(file.Value))).ToFrozenDictionary(asset => asset.Path, StringComparer.Ordinal);
    }

    /// <summary>The worker changes when any file does: that is how a browser learns of a new version.</summary>
    private static byte[] Headed(byte[] worker, SortedDictionary<string, byte[]> files)
    {
        var all = files.SelectMany(file => Encoding.UTF8.GetBytes($"{file.Key} {VersionOf(file.Value)}\n")).Concat(worker).ToArray();
        var paths = files.Keys.Where(path => path == Pages[0] || !Pages.Contains(path));
        return [.. Encoding.UTF8.GetBytes($"const version = \"{VersionOf(all)}\";\nconst files = {JsonSerializer.Serialize(paths)};\n"), .. worker];
    }

    private static string VersionOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    /// <summary>The media type of a file, by the end of its name.</summary>
    internal static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        "" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".json" => "application/json",
        ".webmanifest" => "application/manifest+json",
        var other => throw new InvalidOperationException($"{path}: what media type has {other}?"),
    };
}
