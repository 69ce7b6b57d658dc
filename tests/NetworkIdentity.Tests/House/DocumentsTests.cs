using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using NetworkIdentity.Server.Commands;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.House;

/// <summary>What the documents say of the code is so.</summary>
public sealed partial class DocumentsTests
{
    private const string Specifications = "docs/specs.md";
    private const string Endpoints = "docs/endpoints.md";
    private const string Commands = "docs/cli.md";

    [GeneratedRegex(@"\[(?<key>RFC\d+[a-z]*|[A-Z][A-Za-z0-9-]*(?= §))", RegexOptions.ExplicitCapture)]
    private static partial Regex Citation();

    [GeneratedRegex(@"(?<![\w/.])(?<path>(?:src|tests|schemas|docs)/[\w./-]*[\w/])", RegexOptions.ExplicitCapture)]
    private static partial Regex TreePath();

    [GeneratedRegex("^```text\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();

    [Fact]
    public void Every_specification_that_the_code_cites_is_listed_with_its_version()
    {
        Assert.SkipUnless(Tree.Exists(Specifications), "docs/specs.md is not written yet");
        var rows = Tree.Rows(Tree.Read(Specifications), "KEY").ToList();
        var keys = rows.ConvertAll(row => row[0].Trim('`'));
        Assert.Equal(keys.Distinct(), keys);
        Assert.All(rows, row => Assert.All(row[..3], cell => Assert.NotEqual("", cell)));

        var cited = Tree.Files("src", ".cs", ".razor", ".js", ".sql")
            .SelectMany(path => Citation().Matches(Tree.Read(path)).Select(match => (Key: match.Groups["key"].Value, Path: path))).ToList();
        Assert.InRange(cited.Count, 100, int.MaxValue);
        Assert.Empty(cited.Where(citation => !keys.Contains(citation.Key)).Select(citation => $"{citation.Key} in {citation.Path}").Distinct());
    }

    [Fact]
    public void Every_path_that_the_specifications_page_names_is_there()
    {
        Assert.SkipUnless(Tree.Exists(Specifications), "docs/specs.md is not written yet");
        var paths = TreePath().Matches(Tree.Read(Specifications)).Select(match => match.Groups["path"].Value).Distinct().ToList();
        Assert.NotEmpty(paths);
        var absent = paths.FindAll(path => !Tree.Exists(path));
        Assert.Empty(absent);
    }

    [Fact]
    public async Task Every_route_is_documented_and_every_documented_route_is_there()
    {
        Assert.SkipUnless(Tree.Exists(Endpoints), "docs/endpoints.md is not written yet");
        await using var server = await TestServer.StartAsync(change: settings => settings with { IsPractice = true });
        var mapped = server.Routes.SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
            .Select(method => $"{method} /{route.RoutePattern.RawText!.TrimStart('/')}"));
        var documented = Tree.Rows(Tree.Read(Endpoints), "method")
            .SelectMany(row => row[1].Split(',', StringSplitOptions.TrimEntries)
                .SelectMany(path => row[0].Split(',', StringSplitOptions.TrimEntries).Select(method => $"{method} {path.Trim('`')}")));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_file_at_the_wallets_host_is_documented_and_every_documented_one_is_there()
    {
        var documented = Tree.Rows(Tree.Read(Endpoints), "at the wallet's host").SelectMany(row => row[0].Split(',', StringSplitOptions.TrimEntries).Select(path => path.Trim('`'))).ToList();
        Assert.InRange(documented.Count, 5, 100);
        var folders = documented.Where(path => path.Contains('*', StringComparison.Ordinal)).Select(path => (Start: path[..path.IndexOf('*', StringComparison.Ordinal)], End: path[(path.IndexOf('*', StringComparison.Ordinal) + 1)..])).ToList();
        bool Covered(string path) => documented.Contains(path) || folders.Exists(folder => path.StartsWith(folder.Start, StringComparison.Ordinal) && path.EndsWith(folder.End, StringComparison.Ordinal));
        Assert.DoesNotContain(WalletFiles.ByPath.Keys, path => !Covered(path));
        Assert.DoesNotContain(documented, path => !path.Contains('*', StringComparison.Ordinal) && !WalletFiles.ByPath.ContainsKey(path));
        Assert.DoesNotContain(folders, folder => !WalletFiles.ByPath.Keys.Any(path => path.StartsWith(folder.Start, StringComparison.Ordinal) && path.EndsWith(folder.End, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_help_of_every_command_is_what_the_commands_page_says()
    {
        using var folder = new TestFolder();
        var netid = new NetidProcess(folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"));
        var page = new StringBuilder($"""
            # The command line

            What `netid` and each of its commands print with `--help`. This page is made by the test that compares it: `NETID_WRITE_DOCS=true tests/run unit`.
            Exit codes: 0, done; 1, refused, with the reason on the error output; 2, the configuration or the command line is wrong; 3, a credential could not be checked.

            """);
        var verbs = Verbs(CommandLine.Build(), []).ToList();
        var helps = await Task.WhenAll(verbs.Select(verb => netid.RunAsync([.. verb, "--help"])));
        foreach (var (verb, help) in verbs.Zip(helps))
        {
            Assert.True(help.ExitCode == 0 && help.Error == "", help.Error);
            var lines = help.Output.Split('\n').Select(line => line.TrimEnd());
            page.Append($"\n## {string.Join(' ', ["netid", .. verb])}\n\n```text\n{string.Join('\n', lines).Trim()}\n```\n");
        }

        if (Environment.GetEnvironmentVariable("NETID_WRITE_DOCS") == "true")
            await File.WriteAllTextAsync(Path.Combine(Tree.Root, Commands), page.ToString(), TestContext.Current.CancellationToken);
        Assert.True(Tree.Exists(Commands), "docs/cli.md is not there: run with NETID_WRITE_DOCS=true");
        Assert.Equal(Blocks(page.ToString()), Blocks(Tree.Read(Commands)));
        Assert.InRange(verbs.Count, 15, 100);

        static List<string> Blocks(string markdown) => [.. Block().Matches(markdown.ReplaceLineEndings("\n")).Select(match => match.Groups["text"].Value)];
    }

    [Fact]
    public void Every_command_but_those_that_hold_others_or_serve_prints_json()
    {
        var without = Verbs(CommandLine.Build(), [])
            .Select(verb => (Name: string.Join(' ', verb), Command: verb.Aggregate((Command)CommandLine.Build(), (command, name) => command.Subcommands.Single(sub => sub.Name == name))))
            .Where(one => one.Command.Subcommands.Count == 0 && !one.Command.Options.Any(option => option.Name == "--json"));
        Assert.Equal(["serve"], without.Select(one => one.Name));
    }

    private static IEnumerable<string[]> Verbs(Command command, string[] path) =>
        [path, .. command.Subcommands.SelectMany(sub => Verbs(sub, [.. path, sub.Name]))];
}
