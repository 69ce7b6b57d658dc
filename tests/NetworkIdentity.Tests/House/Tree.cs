namespace NetworkIdentity.Tests.House;

/// <summary>The repository as it lies on the disk.</summary>
internal static class Tree
{
    /// <summary>The folder with the solution, above the test's own.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Files that people wrote, by their path from the root.</summary>
    public static IReadOnlyList<string> Files(string under, params string[] extensions) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, under), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
            .Where(path => extensions.Length == 0 || extensions.Contains(Path.GetExtension(path)))
            .Order(StringComparer.Ordinal),
    ];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>The rows of the tables whose header begins with a word: their cells, trimmed.</summary>
    public static IEnumerable<string[]> Rows(string markdown, string firstHeader)
    {
        var inside = false;
        foreach (var line in markdown.Split('\n').Select(line => line.Trim()))
        {
            if (!line.StartsWith('|'))
            {
                inside = false;
                continue;
            }

            var cells = line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray();
            if (string.Equals(cells[0], firstHeader, StringComparison.OrdinalIgnoreCase)) inside = true;
            else if (inside && !cells[0].StartsWith("--", StringComparison.Ordinal)) yield return cells;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NetworkIdentity.sln"))) return folder.FullName;
        throw new InvalidOperationException("the tests don't run inside the repository");
    }
}
