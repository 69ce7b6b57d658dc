using System.Text.RegularExpressions;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Tests.Server.Pages;

public sealed partial class AssetsTests
{
    private static string Text(Asset asset) => System.Text.Encoding.UTF8.GetString(asset.Bytes.Span);

    [Fact]
    public void Each_has_an_address_that_changes_with_its_bytes()
    {
        Assert.Matches("^/assets/netid\\.css\\?v=[0-9a-f]{16}$", Assets.Css.Url);
        Assert.Matches("^/assets/sign-in\\.js\\?v=[0-9a-f]{16}$", Assets.SignInJs.Url);
        Assert.NotEqual(Assets.Css.Version, Assets.SignInJs.Version);
        Assert.Equal([Assets.Css, Assets.VerifyCss, Assets.DeskCss, Assets.CardCss, Assets.SignInJs, Assets.FormPostJs, Assets.TourJs, Assets.LogoutJs, Assets.ElsewhereJs], Assets.All);
    }

    [Fact]
    public void The_style_sheet_is_small_and_loads_nothing()
    {
        Assert.InRange(Assets.Css.Bytes.Length, 1, 16 * 1024);
        Assert.DoesNotContain("url(", Text(Assets.Css), StringComparison.Ordinal);
        Assert.DoesNotContain("@import", Text(Assets.Css), StringComparison.Ordinal);
    }

    [Fact]
    public void The_style_sheet_reads_from_either_side()
    {
        Assert.DoesNotMatch(Physical(), Text(Assets.Css));
    }

    [Fact]
    public void The_script_imports_nothing_and_builds_no_markup()
    {
        Assert.DoesNotMatch(Dangerous(), Text(Assets.SignInJs));
    }

    [GeneratedRegex(@"(?<![\w-])(left|right|top|bottom|width|height|(margin|padding|border)-(left|right|top|bottom))\s*:|text-align:\s*(left|right)|float:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Physical();

    [GeneratedRegex(@"\bimport\b|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?:", RegexOptions.None, 1000)]
    private static partial Regex Dangerous();
}
