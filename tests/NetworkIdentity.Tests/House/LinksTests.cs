using System.Text.RegularExpressions;

namespace NetworkIdentity.Tests.House;

/// <summary>Where the documents lead is there: the file, the heading in it, the picture; and no picture is left over.</summary>
public sealed partial class LinksTests
{
    [GeneratedRegex("""(\]\(|src=")(?<target>[^)"\s]+)[)"]""", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} +(?<words>.+?) *$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex Sign();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    private static List<string> Documents => [.. Tree.Files("docs", ".md"), "README.md"];

    [Fact]
    public void Every_link_of_the_documents_leads_to_what_is_there()
    {
        var (faults, found) = (new List<string>(), 0);
        foreach (var document in Documents)
        {
            foreach (var target in Link().Matches(Code().Replace(Tree.Read(document), "")).Select(match => match.Groups["target"].Value).Where(target => !target.Contains(':', StringComparison.Ordinal)))
            {
                found++;
                var (file, heading) = target.Split('#') is [var path, var after] ? (path, after) : (target, "");
                var place = file.Length == 0 ? document : Path.GetRelativePath(Tree.Root, Path.Combine(Tree.Root, Path.GetDirectoryName(document)!, file)).Replace('\\', '/');
                if (!Tree.Exists(place)) faults.Add($"{document}: {target}");
                else if (heading.Length > 0 && place.EndsWith(".md", StringComparison.Ordinal) && !Anchors(place).Contains(heading)) faults.Add($"{document}: {target}: no such heading");
            }
        }

        Assert.Empty(faults);
        Assert.InRange(found, 300, 100_000);
    }

    [Fact]
    public void Every_picture_is_shown_by_a_document()
    {
        var shown = Documents.SelectMany(document => Link().Matches(Tree.Read(document)).Select(match => Path.GetRelativePath(Tree.Root, Path.Combine(Tree.Root, Path.GetDirectoryName(document)!, match.Groups["target"].Value)).Replace('\\', '/'))).ToHashSet();
        var pictures = Tree.Files("docs", ".jpg", ".png").ToList();
        Assert.InRange(pictures.Count, 10, 1000);
        Assert.Empty(pictures.Except(shown));
    }

    /// <summary>The headings, as they are named in addresses: in small letters, without signs, with hyphens for spaces.</summary>
    private static HashSet<string> Anchors(string document) =>
        [.. Heading().Matches(Tree.Read(document)).Select(match => Sign().Replace(match.Groups["words"].Value.ToLowerInvariant(), "").Replace(' ', '-'))];
}
