using System.Text.RegularExpressions;

namespace NetworkIdentity.Tests.House;

/// <summary>The rules for files that a test can keep.</summary>
public sealed partial class FilesTests
{
    private const int LongestFile = 400;

    [GeneratedRegex(
        @"^public (?:(?:static|sealed|abstract|partial|readonly|ref|unsafe) )*(?:class|record struct|record class|record|struct|interface|enum|delegate \S+) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"Assert\.Skip(?<kind>When|Unless)?\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Skip();

    [GeneratedRegex("\\$?\"(?<reason>(?:[^\"\\\\]|\\\\.)*)\"\\s*\\)", RegexOptions.ExplicitCapture)]
    private static partial Regex LastText();

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        var tooLong = Written("src").Where(path => Tree.Read(path).Count(c => c == '\n') > LongestFile).ToList();
        Assert.Empty(tooLong);
    }

    [Fact]
    public void A_file_has_one_public_type_and_its_name()
    {
        var faults = new List<string>();
        foreach (var path in Tree.Files("src", ".cs"))
        {
            var names = PublicType().Matches(Tree.Read(path)).Select(match => match.Groups["name"].Value).Distinct().ToList();
            if (names.Count > 1 || (names.Count == 1 && names[0] != Path.GetFileNameWithoutExtension(path))) faults.Add($"{path}: {string.Join(", ", names)}");
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        var faults = new List<string>();
        foreach (var path in Tree.Files("src", ".cs"))
        {
            var expected = Path.GetDirectoryName(path)!["src/".Length..].Replace('/', '.');
            if (Namespace().Match(Tree.Read(path)) is { Success: true } match && match.Groups["name"].Value != expected) faults.Add(path);
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void Nothing_in_src_says_that_it_is_unfinished() => Assert.DoesNotContain(Written("src"), path => Unfinished().IsMatch(Tree.Read(path)));

    [Fact]
    public void No_type_is_named_for_what_it_does_not_say() => Assert.DoesNotContain(Tree.Files("src", ".cs"), path =>
        Regex.IsMatch(Path.GetFileNameWithoutExtension(path), "(Manager|Helper|Utils?|Service|Base|Impl)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking));

    [Fact]
    public void No_lock_file_names_an_address() => Assert.DoesNotContain(
        Tree.Files("tests", ".json"), path => path.EndsWith("/package-lock.json", StringComparison.Ordinal) && Tree.Read(path).Contains("://", StringComparison.Ordinal));

    [Fact]
    public void The_top_level_holds_what_the_house_lists()
    {
        string[] listed = ["README.md", "LICENSE", "appsettings.json", "NetworkIdentity.sln", "schemas", "docs", "src", "tests", "data", "TestResults", "BenchmarkDotNet.Artifacts"];
        Assert.Empty(Directory.EnumerateFileSystemEntries(Tree.Root).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.')).Except(listed));
    }

    [Fact]
    public void Every_reason_to_skip_is_a_known_one()
    {
        // What a developer's machine may lack, and a machine where CI=true may not.
        string[] known = ["^the test vectors .* are absent", "^.* is absent$", "verifies with the cofactor and is not used$", "is not written yet$"];
        var allowed = Tree.Read("tests/allowed-skips.txt").Split('\n').Where(line => line.Length > 0 && line[0] != '#').Concat(known).ToList();
        var faults = new List<string>();
        var found = 0;
        foreach (var path in Tree.Files("tests/NetworkIdentity.Tests", ".cs").Where(path => !path.EndsWith("House/FilesTests.cs", StringComparison.Ordinal)))
        {
            var text = Tree.Read(path);
            foreach (Match skip in Skip().Matches(text))
            {
                found++;
                var reason = LastText().Match(text[skip.Index..text.IndexOf(';', skip.Index)]) is { Success: true } last ? last.Groups["reason"].Value : "no reason in words";
                if (!allowed.Exists(pattern => Regex.IsMatch(reason, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))) faults.Add($"{path}: {reason}");
            }

            if (Regex.IsMatch(text, @"\[(Fact|Theory)\([^)]*Skip", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)) faults.Add($"{path}: a test that never runs");
        }

        Assert.Empty(faults);
        Assert.InRange(found, 3, 1000);
    }

    /// <summary>What this project wrote. What reads and makes QR codes is others', kept byte for byte (decision 0012).</summary>
    private static IEnumerable<string> Written(string under) => Tree.Files(under, ".cs", ".razor", ".css", ".js", ".html", ".webmanifest", ".sql", ".csproj", ".props")
        .Where(path => !path.StartsWith("src/NetworkIdentity.Server/Pages/Client/shared/vendor/", StringComparison.Ordinal));
}
