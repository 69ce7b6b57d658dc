namespace NetworkIdentity.SigningIn;

/// <summary>Where an answer goes, in words for a person.</summary>
public static class Destination
{
    /// <summary>The host of a web address, with the port where it is this machine, on which each app has one; of an app's own address its scheme, since what follows it names nobody [RFC8252 §7.1].</summary>
    public static string NameOf(string redirectUri)
    {
        var uri = new Uri(redirectUri);
        return !IsWeb(redirectUri) ? uri.Scheme : uri.IsLoopback ? uri.Authority : uri.Host;
    }

    /// <summary>Whether a browser follows the address by itself; to an app, some go only when they are told to.</summary>
    public static bool IsWeb(string redirectUri) => new Uri(redirectUri).Scheme is "http" or "https";
}
