using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="SignInPage"/> shows.</summary>
public sealed record SignInView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The name of the app that asks, as it was registered.</summary>
    public required string Partner { get; init; }

    /// <summary>The host of the redirect URI, or its scheme where that is an app's own: where the answer goes.</summary>
    public required string PartnerHost { get; init; }

    /// <summary>Whether the redirect URI is an app's own: the person goes on by a tap, without which Chrome on Android opens no app.</summary>
    public bool IsApp { get; init; }

    /// <summary>The host at which the app says what it is, where nobody registered it here; null where somebody did.</summary>
    public string? SelfMade { get; init; }

    /// <summary>The app's own pages.</summary>
    public IReadOnlyList<PartnerLink> PartnerLinks { get; init; } = [];

    /// <summary>What is asked for, one entry a credential.</summary>
    public required IReadOnlyList<AskedCredential> Asked { get; init; }

    /// <summary>The API that the app may use for the member from then on; null where it asks for none.</summary>
    public string? Resource { get; init; }

    /// <summary>What it may do there: scopes, as the API names them.</summary>
    public IReadOnlyList<string> ResourceScopes { get; init; } = [];

    /// <summary>Why the app asks, in its own words; null where it says nothing.</summary>
    public string? Purpose { get; init; }

    /// <summary>Whether the app is told who issued each credential, and when.</summary>
    public bool TellsIssuance { get; init; }

    /// <summary>The ways in which it may be proven (<see cref="SigningIn.Session.Contexts"/>): no other is offered.</summary>
    public required IReadOnlyList<string> Contexts { get; init; }

    /// <summary>The one way in which it may be proven, as a sentence goes on; null where there are more.</summary>
    public string? Way { get; init; }

    /// <summary>Which of the seven pages this is.</summary>
    public required SignInState State { get; init; }

    /// <summary>The link that opens a wallet on this device: <c>openid4vp://...</c>.</summary>
    public required string SameDeviceLink { get; init; }

    /// <summary>The same for wallets that know only the scheme of the high assurance profile: <c>haip-vp://...</c>.</summary>
    public string? HaipLink { get; init; }

    /// <summary>The same for the wallet in the browser: <c>https://wallet.example/present?...</c>; null where there is none.</summary>
    public string? BrowserLink { get; init; }

    /// <summary>Whether the wallet in the browser is the first way in, and a wallet app the second.</summary>
    public bool IsBrowserFirst { get; init; }

    /// <summary>The QR code as SVG that this server made. It is written as it is: nothing of a stranger's may be in it. It needs a viewBox and no style. Empty where the page shows none.</summary>
    public required string QrSvg { get; init; }

    /// <summary>The link in the QR code, to copy.</summary>
    public required string QrText { get; init; }

    /// <summary>Whether no other device reaches this nation: the page says so beside the QR code.</summary>
    public bool IsOnThisMachineAlone { get; init; }

    /// <summary>The browser that asked, in fixed words; null where it is not known.</summary>
    public string? BegunOn { get; init; }

    /// <summary>When it asked.</summary>
    public DateTimeOffset BegunAt { get; init; }

    /// <summary>The two digits that the wallet's holder is to choose on another device.</summary>
    public required string Number { get; init; }

    /// <summary>Whole seconds until the sign-in expires.</summary>
    public required int SecondsLeft { get; init; }

    /// <summary>Whole seconds until the QR code is to be another: then the script loads the page, and takes the code from it.</summary>
    public int CodeSeconds { get; init; }

    /// <summary>POST: the answer by the browser's own API for credentials; with <c>/request</c> behind it, the request for it.</summary>
    public required string DigitalUrl { get; init; }

    /// <summary>GET: <c>{"state":"waiting","seconds_left":123}</c>, and <c>"reason_code"</c> when it failed; 404 or 410 when there is no such sign-in.</summary>
    public required string StateUrl { get; init; }

    /// <summary>GET: back to the app, with a code when verified, else with an error. Empty when there is no way back.</summary>
    public required string ContinueUrl { get; init; }

    /// <summary>POST: stops the sign-in and goes back to the app. The page is served without <c>form-action</c>, since browsers hold it against
    /// every redirect that follows a form: to the app, and from there wherever the app leads.</summary>
    public required string CancelUrl { get; init; }

    /// <summary>GET: starts over, for the same app and request.</summary>
    public required string AgainUrl { get; init; }

    /// <summary>When failed: what went wrong, as a heading.</summary>
    public string? ReasonTitle { get; init; }

    /// <summary>When failed: the same in a sentence or two.</summary>
    public string? Reason { get; init; }

    /// <summary>When failed: what the person can do about it.</summary>
    public string? Mend { get; init; }

    /// <summary>When failed: the reason as a code that docs/errors.md explains.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
