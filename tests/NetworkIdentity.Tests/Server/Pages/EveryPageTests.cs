using System.Text.RegularExpressions;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Tests.Server.Pages;

public sealed partial class EveryPageTests
{
    public static TheoryData<string> Names { get; } =
    [
        .. Enum.GetNames<SignInState>().Select(name => $"sign-in-{name}".ToLowerInvariant()),
        .. Enum.GetNames<ReturnKind>().Select(name => $"return-{name}".ToLowerInvariant()),
        "offer", "error", "logout-asked", "logout-done", "account", "case", "home",
    ];

    [Theory, MemberData(nameof(Names))]
    public async Task It_has_one_first_heading_and_one_main_part(string name)
    {
        var page = (await Rendering.EveryPageAsync())[name];

        Assert.Single(FirstHeading().Matches(page));
        Assert.Single(MainPart().Matches(page));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task It_names_its_language_and_direction(string name)
    {
        var page = (await Rendering.EveryPageAsync())[name];

        Assert.StartsWith("""<!DOCTYPE html>""", page, StringComparison.Ordinal);
        Assert.Contains("""<html lang="en" dir="ltr">""", page, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Its_title_ends_with_the_nation(string name)
    {
        var page = (await Rendering.EveryPageAsync())[name];

        Assert.Matches("<title>[^<]{4,} · Aurora</title>", page);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task It_has_no_inline_script_or_style(string name)
    {
        var page = (await Rendering.EveryPageAsync())[name];

        Assert.DoesNotMatch(InlineScript(), page);
        Assert.DoesNotMatch(InlineStyle(), page);
        Assert.DoesNotMatch(Handler(), page);
        Assert.DoesNotContain("javascript:", page, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task It_loads_from_this_server_alone(string name)
    {
        var page = (await Rendering.EveryPageAsync())[name];

        var loaded = Loaded().Matches(page).Select(match => match.Groups["url"].Value).ToList();
        Assert.Contains(Assets.Css.Url, loaded);
        Assert.All(loaded, url => Assert.Contains(url, (string[])[Assets.Css.Url, Assets.DeskCss.Url, Assets.SignInJs.Url, Assets.LogoutJs.Url, "data:,"]));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Its_foot_has_the_reference(string name)
    {
        var page = (await Rendering.EveryPageAsync())[name];

        Assert.Contains("""Reference <code dir="ltr">7f3c9a1e</code>""", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_state_has_a_title_of_its_own()
    {
        var titles = (await Rendering.EveryPageAsync()).Values.Select(page => Title().Match(page).Value).ToList();

        Assert.Equal(titles.Count, titles.Distinct(StringComparer.Ordinal).Count());
    }

    [GeneratedRegex("<h1[ >]", RegexOptions.None, 1000)]
    private static partial Regex FirstHeading();

    [GeneratedRegex("<main[ >]", RegexOptions.None, 1000)]
    private static partial Regex MainPart();

    [GeneratedRegex("<script(?![^>]* src=)[^>]*>|<script[^>]*>[^<]", RegexOptions.None, 1000)]
    private static partial Regex InlineScript();

    [GeneratedRegex("<style|<[^>]* style=", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex InlineStyle();

    [GeneratedRegex("<[^>]* on[a-z]+=", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Handler();

    [GeneratedRegex("""<link [^>]*href="(?<url>[^"]*)"|<(?:script|img|iframe|object|embed|source|video|audio)[^>]* (?:src|data)="(?<url>[^"]*)" ?""", RegexOptions.None, 1000)]
    private static partial Regex Loaded();

    [GeneratedRegex("<title>.*?</title>", RegexOptions.None, 1000)]
    private static partial Regex Title();
}
