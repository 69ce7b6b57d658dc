namespace NetworkIdentity.Tests.House;

/// <summary>The list of what <c>tests/mutations/run</c> takes away stays true while the code moves.</summary>
public sealed class MutationListTests
{
    [Fact]
    public void Every_text_to_be_taken_away_stands_exactly_once_in_its_file()
    {
        var faults = new List<string>();
        var (file, name) = ("", "");
        foreach (var line in Tree.Read("tests/mutations/mutations.txt").Split('\n'))
        {
            if (line.StartsWith("file ", StringComparison.Ordinal)) file = line["file ".Length..].Trim();
            else if (line.StartsWith("= ", StringComparison.Ordinal)) name = line[2..line.IndexOf('|', StringComparison.Ordinal)].Trim();
            else if (line.StartsWith("- ", StringComparison.Ordinal) && Tree.Read(file).Split(line[2..]).Length != 2) faults.Add($"{name} in {file}");
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void Every_test_class_that_should_notice_is_there()
    {
        var classes = typeof(MutationListTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        var words = Tree.Read("tests/mutations/mutations.txt").Split('\n')
            .Where(line => line.StartsWith("tests ", StringComparison.Ordinal))
            .SelectMany(line => line["tests ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => word.Split('.')[0])
            .ToHashSet();
        Assert.NotEmpty(words);
        Assert.Subset(classes, words);
    }
}
