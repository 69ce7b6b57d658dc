using System.Text.RegularExpressions;
using NetworkIdentity.Server.Pages.Joining;

namespace NetworkIdentity.Tests.Server.Pages;

public sealed partial class PersonhoodPageTests
{
    private const string Hostile = "<script>alert(1)</script>\"onload=x";

    [GeneratedRegex("<h1[ >]", RegexOptions.None, 1000)]
    private static partial Regex FirstHeading();

    [Theory]
    [InlineData(PersonhoodState.Needed)]
    [InlineData(PersonhoodState.Waiting)]
    [InlineData(PersonhoodState.Scanned)]
    [InlineData(PersonhoodState.Confirming)]
    [InlineData(PersonhoodState.Failed)]
    [InlineData(PersonhoodState.Proven)]
    public async Task A93_each_state_has_one_first_heading_and_encodes_what_it_is_given(PersonhoodState state)
    {
        var page = await Rendering.RenderAsync<PersonhoodPage>(View(state));
        Assert.Single(FirstHeading().Matches(page));
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\"onload", page, StringComparison.Ordinal);

        // What is still open is looked at again, with a script or without one.
        Assert.Equal(state is not (PersonhoodState.Needed or PersonhoodState.Proven), page.Contains("http-equiv=\"refresh\"", StringComparison.Ordinal));
        Assert.Equal(state == PersonhoodState.Confirming, page.Contains(">47<", StringComparison.Ordinal));
        Assert.Equal(state == PersonhoodState.Waiting, page.Contains("href=\"openid4vp://", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, false, "Which number is on your other screen?")]
    [InlineData(false, true, "Done here")]
    [InlineData(false, false, "It did not count")]
    public async Task A93_the_page_of_the_wallets_device_says_how_it_stands(bool isOpen, bool isProven, string title)
    {
        var page = await Rendering.RenderAsync<PersonhoodReturnPage>(new PersonhoodReturnView
        {
            Nation = Hostile,
            IsProven = isProven,
            Choices = isOpen ? ["12", "47", "93"] : [],
            IsWrongNumber = false,
            BegunOn = Hostile,
            BegunAt = DateTimeOffset.UnixEpoch,
            ConfirmUrl = "/personhood/confirm",
            NotMeUrl = "/personhood/not-mine",
            CorrelationId = "7f3c9a1e",
        });
        Assert.Single(FirstHeading().Matches(page));
        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    private static PersonhoodView View(PersonhoodState state) => new()
    {
        Nation = Hostile,
        State = state,
        Issuers = [Hostile],
        Url = "/applications/a/personhood",
        ApplicationUrl = "/applications/a",
        Refused = state == PersonhoodState.Failed ? ("It could not be checked.", "Try again.") : null,
        ReasonCode = state == PersonhoodState.Failed ? "status_unknown" : "",
        SameDeviceLink = "openid4vp://?client_id=x509_hash%3AaBc&request_uri=https%3A%2F%2Faurora.example%2Fr%2F1",
        HaipLink = "haip-vp://?client_id=x509_hash%3AaBc",
        QrSvg = "<svg></svg>",
        Number = "47",
        BegunOn = Hostile,
        BegunAt = DateTimeOffset.UnixEpoch,
        SecondsLeft = 272,
        FormField = "form",
        FormValue = "aBc",
        CorrelationId = "7f3c9a1e",
    };
}
