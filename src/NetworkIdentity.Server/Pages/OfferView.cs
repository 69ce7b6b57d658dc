namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="OfferPage"/> shows.</summary>
public sealed record OfferView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>What the credential is called.</summary>
    public required string CredentialName { get; init; }

    /// <summary>What it is for, in a sentence or two.</summary>
    public string? Description { get; init; }

    /// <summary>What it says about its holder, in words.</summary>
    public required IReadOnlyList<string> Claims { get; init; }

    /// <summary>The link that opens a wallet on this device: <c>openid-credential-offer://...</c>.</summary>
    public required string DeepLink { get; init; }

    /// <summary>The same for wallets that know only the scheme of the high assurance profile: <c>haip-vci://...</c>.</summary>
    public string? HaipLink { get; init; }

    /// <summary>The same for the wallet in the browser: <c>https://wallet.example/offer?...</c>; null where there is none.</summary>
    public string? BrowserLink { get; init; }

    /// <summary>Whether the wallet in the browser is the first way in, and a wallet app the second.</summary>
    public bool IsBrowserFirst { get; init; }

    /// <summary>The QR code as SVG that this server made. It is written as it is: nothing of a stranger's may be in it. It needs a viewBox and no style.</summary>
    public required string QrSvg { get; init; }

    /// <summary>Whether no other device reaches this nation: the page says so beside the QR code.</summary>
    public bool IsOnThisMachineAlone { get; init; }

    /// <summary>The link in the QR code, to copy.</summary>
    public required string OfferText { get; init; }

    /// <summary>Whether the wallet will ask for a code (tx_code) that the person was given in another way.</summary>
    public required bool NeedsCode { get; init; }

    /// <summary>Until when the offer can be taken.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
