using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>
/// The official test vectors: the folder in NETID_VECTORS, else shared/vectors beside the checkout; absent, a test skips. What was read of them, and how many cases of
/// it held, is told in the file that NETID_VECTOR_COUNTS names, which tests/run adds up.
/// </summary>
internal static class VectorFiles
{
    private static readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> ReadBy = new();

    private static readonly Lock Writing = new();

    public static JsonNode Json(string path) => JsonNode.Parse(Text(path))!;

    public static string Text(string path) => File.ReadAllText(Path(path));

    public static byte[] Bytes(string path) => File.ReadAllBytes(Path(path));

    /// <summary>Where a file or a folder lies; a file counts as read by this test.</summary>
    public static string Path(string path)
    {
        var full = System.IO.Path.Combine(Folder(), path);
        var isFile = File.Exists(full);
        Assert.SkipUnless(isFile || Directory.Exists(full), $"the test vectors {path} are absent (set NETID_VECTORS)");
        if (isFile) ReadBy.GetOrAdd(ThisTest(), _ => new()).TryAdd(System.IO.Path.GetRelativePath(Folder(), full), true);
        return full;
    }

    /// <summary>Tells that the cases of this test held, as its last act: a line of each file that it read, and one of the cases, which are of the set of the first.</summary>
    public static void Passed(int cases)
    {
        var files = ReadBy[ThisTest()].Keys.Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        if (Environment.GetEnvironmentVariable("NETID_VECTOR_COUNTS") is not { Length: > 0 } counts) return;
        IEnumerable<string> lines =
        [
            .. files.Select(file => $"file\t{SetOf(file)}\t{file}"),
            string.Create(CultureInfo.InvariantCulture, $"cases\t{SetOf(files[0])}\t{cases}"),
            .. files.Select(SetOf).Distinct().Select(set => $"has\t{set}\t{CountOf(System.IO.Path.Combine(Folder(), set))}"),
        ];
        lock (Writing) File.AppendAllLines(counts, lines);
    }

    private static string SetOf(string file) => file.Split('/', '\\')[0];

    private static int CountOf(string set) => Directory.Exists(set) ? Directory.EnumerateFiles(set, "*", SearchOption.AllDirectories).Count() : 1;

    private static string ThisTest() => TestContext.Current.Test!.UniqueID;

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("NETID_VECTORS") is { Length: > 0 } named) return System.IO.Path.GetFullPath(named);
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(System.IO.Path.Combine(at.FullName, "NetworkIdentity.sln")))
                return System.IO.Path.Combine(at.Parent!.FullName, "shared", "vectors");
        return "vectors-not-found";
    }
}
