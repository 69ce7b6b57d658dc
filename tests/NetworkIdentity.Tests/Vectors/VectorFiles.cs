using System.Text.Json.Nodes;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>The official test vectors: the folder in NETID_VECTORS, else shared/vectors beside the checkout; absent, a test skips.</summary>
internal static class VectorFiles
{
    public static JsonNode Json(string path) => JsonNode.Parse(Text(path))!;

    public static string Text(string path) => File.ReadAllText(Path(path));

    public static string Path(string path)
    {
        var full = System.IO.Path.Combine(Folder(), path);
        Assert.SkipUnless(File.Exists(full) || Directory.Exists(full), $"the test vectors {path} are absent (set NETID_VECTORS)");
        return full;
    }

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("NETID_VECTORS") is { Length: > 0 } named) return named;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(System.IO.Path.Combine(at.FullName, "NetworkIdentity.sln")))
                return System.IO.Path.Combine(at.Parent!.FullName, "shared", "vectors");
        return "vectors-not-found";
    }
}
