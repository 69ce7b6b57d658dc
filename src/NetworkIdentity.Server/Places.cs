namespace NetworkIdentity.Server;

/// <summary>Where the parts beside the nation stand. Each has a host of its own, because cookies know no ports.</summary>
/// <param name="Wallet">The origin of the wallet in the browser; null where there is none.</param>
/// <param name="Library">The origin of the sample partner app; null where there is none.</param>
/// <param name="Door">The origin of the sample app at a node's door; null where there is none.</param>
public sealed record Places(string? Wallet, string? Library, string? Door)
{
    /// <summary>What the settings say; and beside a practice nation on localhost, names under .localhost where they say nothing.</summary>
    /// <exception cref="SettingsException">Two of them, or one and the nation, have the same host.</exception>
    public static Places Of(Settings settings, string issuer)
    {
        var nation = new Uri(issuer);
        var places = new Places(
            settings.WalletUrl ?? Beside("wallet", 0),
            settings.IsPractice ? settings.LibraryUrl ?? Beside("library", 1) : null,
            settings.IsPractice ? settings.DoorUrl ?? Beside("door", 2) : null);
        var hosts = new[] { places.Wallet, places.Library, places.Door }.OfType<string>().Select(origin => new Uri(origin).Host).Append(nation.Host).ToList();
        return hosts.Distinct(StringComparer.OrdinalIgnoreCase).Count() == hosts.Count
            ? places
            : throw new SettingsException(["NETID__Wallet__Url, NETID__Practice__Library and NETID__Practice__Door must each have a host of its own, and not the issuer's"]);

        string? Beside(string name, int ports) => settings.IsPractice && nation.Host == "localhost" ? $"{nation.Scheme}://{name}.localhost:{nation.Port + ports}" : null;
    }

    /// <summary>Whether the wallet is one of this machine, where a wallet app that opens <c>openid4vp://</c> is unlikely: then it is the first way in.</summary>
    public bool IsWalletHere => Wallet is not null && !Doors.SecurityHeaders.IsHttpsAlone(new Uri(Wallet));

    /// <summary>The https link to the wallet in the browser that carries what a link with a scheme of wallets' own carries; null where there is no such wallet.</summary>
    /// <param name="path">The wallet's endpoint: <c>/offer</c> or <c>/present</c>.</param>
    /// <param name="link">The other link: <c>openid4vp://?...</c>.</param>
    public string? WalletLink(string path, string link) => Wallet is null ? null : Wallet + path + link[link.IndexOf('?', StringComparison.Ordinal)..];

    /// <summary>What is wrong with an origin; null where nothing is.</summary>
    public static string? Fault(string origin)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return "must be an https origin";
        if (uri.Scheme == "http" && !Nation.LeadsToThisMachineAlone(uri)) return "must be https (http is for localhost alone)";
        return uri.GetLeftPart(UriPartial.Authority) == origin ? null : $"must be an origin, without a path: {uri.GetLeftPart(UriPartial.Authority)}";
    }
}
