using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Cases;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Tests.Server.Pages;

/// <summary>Renders a page as the server does, and views that are right, to break one thing of.</summary>
internal static class Rendering
{
    public static async Task<string> RenderAsync<TPage>(object view)
        where TPage : IComponent
    {
        var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using (services)
        {
            await using var renderer = ActivatorUtilities.CreateInstance<HtmlRenderer>(services);
            return await renderer.Dispatcher.InvokeAsync(async () =>
            {
                var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = view });
                return (await renderer.RenderComponentAsync<TPage>(parameters)).ToHtmlString();
            });
        }
    }

    public static SignInView SignIn(SignInState state) => new()
    {
        Contexts = SigningIn.Session.Contexts,
        Nation = "Aurora",
        Partner = "Harbour Library",
        PartnerHost = "library.example",
        Asked =
        [
            new AskedCredential("Membership", ["Member number", "Member since"], ["Charter version"], "To lend you books as a member."),
            new AskedCredential("Residency", [], [], "To show the shelves near you."),
        ],
        State = state,
        SameDeviceLink = "openid4vp://?client_id=x509_hash%3AaBc&request_uri=https%3A%2F%2Faurora.example%2Fr%2F1",
        HaipLink = "haip-vp://?client_id=x509_hash%3AaBc&request_uri=https%3A%2F%2Faurora.example%2Fr%2F1",
        QrSvg = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M4 4h7v7h-7z"/></svg>""",
        QrText = "openid4vp://?client_id=x509_hash%3AaBc&request_uri=https%3A%2F%2Faurora.example%2Fr%2F2",
        IsOnThisMachineAlone = true,
        Number = "47",
        BegunOn = "Firefox on Linux",
        BegunAt = new DateTimeOffset(2026, 3, 14, 11, 22, 0, TimeSpan.FromHours(1)),
        SecondsLeft = 272,
        CodeSeconds = 30,
        DigitalUrl = "/sign-in/abc/digital",
        StateUrl = "/sign-in/abc/state",
        ContinueUrl = "/sign-in/abc/continue",
        CancelUrl = "/sign-in/abc/cancel",
        AgainUrl = "/sign-in/abc/again",
        ReasonTitle = state is SignInState.Failed ? "Your membership is suspended" : null,
        Reason = state is SignInState.Failed ? "The credential is real, and it is suspended since 3 May." : null,
        Mend = state is SignInState.Failed ? "Ask a steward why, or appeal." : null,
        ReasonCode = state is SignInState.Failed ? "credential_suspended" : null,
        CorrelationId = "7f3c9a1e",
    };

    public static ReturnView Return(ReturnKind kind) => new()
    {
        Nation = "Aurora",
        Kind = kind,
        Partner = "Harbour Library",
        PartnerHost = "library.example",
        BegunOn = "Firefox on Linux",
        BegunAt = new DateTimeOffset(2026, 3, 14, 11, 22, 0, TimeSpan.FromHours(1)),
        MinutesAgo = 2,
        Choices = kind is ReturnKind.ChooseNumber ? ["12", "47", "93"] : [],
        ConfirmUrl = kind is ReturnKind.ChooseNumber ? "/sign-in/confirm/abc" : null,
        NotMeUrl = kind is ReturnKind.ChooseNumber or ReturnKind.Confirmed ? "/sign-in/not-me/abc" : null,
        CorrelationId = "7f3c9a1e",
    };

    public static OfferView Offer() => new()
    {
        Nation = "Aurora",
        CredentialName = "Membership",
        Description = "It shows that you are a member of Aurora, and since when.",
        Claims = ["Member number", "Member since"],
        DeepLink = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Faurora.example%2Fo%2F1",
        HaipLink = "haip-vci://?credential_offer_uri=https%3A%2F%2Faurora.example%2Fo%2F1",
        QrSvg = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M4 4h7v7h-7z"/></svg>""",
        IsOnThisMachineAlone = true,
        OfferText = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Faurora.example%2Fo%2F1",
        NeedsCode = true,
        ExpiresAt = new DateTimeOffset(2026, 3, 14, 11, 22, 0, TimeSpan.FromHours(1)),
        CorrelationId = "7f3c9a1e",
    };

    public static ErrorView Error() => new()
    {
        Nation = "Aurora",
        Title = "This app is not known here",
        Reason = "The link you followed names an app that is not registered with Aurora.",
        Mend = "Go back to the app and tell its makers. You have done nothing wrong.",
        Code = "invalid_client",
        DocsUrl = "https://aurora.example/docs/errors#invalid_client",
        CorrelationId = "7f3c9a1e",
    };

    public static HomeView Home() => new()
    {
        Nodes = [new Node("1", "Lisbon", "Europe"), new Node("2", "Austin", "North America")],
        Nation = "Aurora",
        Issuer = "https://aurora.example",
        CensusUrl = "https://nation.example/census",
        AccountUrl = "https://aurora.example/account",
        DiscoveryUrl = "https://aurora.example/.well-known/openid-configuration",
        ApplyUrl = "https://aurora.example/apply",
        CharterUrl = "https://aurora.example/charter",
        DeskUrl = "https://aurora.example/desk",
        CaseUrl = "https://aurora.example/case",
        RecoverUrl = "https://aurora.example/recover",
        VerifyUrl = "https://aurora.example/verify",
        RecognitionsUrl = "https://aurora.example/recognitions",
        IssuerMetadataUrl = "https://aurora.example/.well-known/openid-credential-issuer",
        CorrelationId = "7f3c9a1e",
    };

    public static LogoutView Logout(bool isAsked) => new()
    {
        Nation = "Aurora",
        IsAsked = isAsked,
        Partners = ["Harbour Library"],
        ConfirmUrl = isAsked ? "/logout/confirm" : null,
        Fields = isAsked ? [KeyValuePair.Create("client_id", "abc")] : [],
        OnwardUrl = isAsked ? null : "https://library.example/after",
        OnwardName = isAsked ? null : "Harbour Library",
        CorrelationId = "7f3c9a1e",
    };

    public static AccountView Account() => new()
    {
        Nation = "Aurora",
        Held = new()
        {
            Name = "Ada",
            MemberId = "m1",
            Since = new DateTimeOffset(2026, 3, 14, 0, 0, 0, TimeSpan.Zero),
            Node = "Lisbon",
            Held = [new("membership", "Membership", new DateTimeOffset(2026, 3, 14, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 3, 14, 0, 0, 0, TimeSpan.Zero), "In force", 8, "c1")],
            CardUrl = "https://aurora.example/account/card",
            EvidenceUrl = "https://aurora.example/account/evidence",
            Mandates = [new("Lisbon", "Admit a person; until 14 March 2027")],
            Links = [("https://aurora.example/account/leave", "Leave", "At once")],
        },
        Apps =
        [
            new AccountApp
            {
                ClientId = "abc",
                Name = "Harbour Library",
                Host = "library.example",
                Since = new DateTimeOffset(2026, 3, 14, 11, 22, 0, TimeSpan.FromHours(1)),
                Shown = [("Membership", ["Tier", "Member since"]), ("Residency", [])],
                IsHere = true,
                IsElsewhere = true,
                IsAway = false,
            },
        ],
        SignOutUrl = "/account/sign-out",
        WithdrawUrl = "/account/withdraw",
        Files = [("membership", "Membership")],
        DownloadUrl = "https://nation.example/account/download",
        EarnedUrl = "/account",
        RecoveryUrl = "/account/recovery",
        LogoutUrl = "/logout",
        FormField = "form",
        FormValue = "aBc",
        CorrelationId = "7f3c9a1e",
    };

    public static CaseView Case() => new()
    {
        Nation = "Aurora",
        Standing = "Your membership is suspended until 14 March 2026. It is good again by itself then.",
        Cases =
        [
            new CaseItem
            {
                Id = "abc",
                Title = "You were suspended",
                Facts = [new("Reasons", "Broke a door.")],
                DecidedAt = new DateTimeOffset(2026, 3, 11, 11, 22, 0, TimeSpan.FromHours(1)),
                TakesEffectAt = null,
                AppealUntil = new DateTimeOffset(2026, 4, 14, 11, 22, 0, TimeSpan.FromHours(1)),
                State = null,
                DecideUntil = null,
                Error = "what you say must have 1 character at least",
            },
        ],
        TakeUntil = new DateTimeOffset(2026, 4, 14, 11, 22, 0, TimeSpan.FromHours(1)),
        RenewBefore = new DateTimeOffset(2026, 4, 14, 11, 22, 0, TimeSpan.FromHours(1)),
        IsRenewalAsked = true,
        Url = "/case",
        ExportUrl = "/account/export",
        LeaveUrl = "/account/leave",
        LogoutUrl = "/logout",
        Notice = "Nothing was done: what you say must have 1 character at least",
        FormField = "form",
        FormValue = "aBc",
        CorrelationId = "7f3c9a1e",
    };

    /// <summary>Every page in every state, by a name.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> EveryPageAsync()
    {
        var pages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var state in Enum.GetValues<SignInState>())
            pages[$"sign-in-{state}".ToLowerInvariant()] = await RenderAsync<SignInPage>(SignIn(state));
        foreach (var kind in Enum.GetValues<ReturnKind>())
            pages[$"return-{kind}".ToLowerInvariant()] = await RenderAsync<ReturnPage>(Return(kind));
        pages["offer"] = await RenderAsync<OfferPage>(Offer());
        pages["error"] = await RenderAsync<ErrorPage>(Error());
        pages["logout-asked"] = await RenderAsync<LogoutPage>(Logout(isAsked: true));
        pages["logout-done"] = await RenderAsync<LogoutPage>(Logout(isAsked: false));
        pages["account"] = await RenderAsync<AccountPage>(Account());
        pages["case"] = await RenderAsync<CasePage>(Case());
        pages["home"] = await RenderAsync<HomePage>(Home());
        return pages;
    }
}
