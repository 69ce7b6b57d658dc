namespace NetworkIdentity;

/// <summary>The community that this deployment serves.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Issuer">Its issuer URL, compared as a string: the <c>iss</c> of everything it signs.</param>
public sealed record Nation(string Name, string Issuer)
{
    /// <summary>Another with each restore: what was derived for a short use before it is void.</summary>
    public string Epoch { get; init; } = "";

    /// <summary>Part of the public log's name once it was begun anew; empty before.</summary>
    public string LogGeneration { get; init; } = "";

    /// <summary>The origin of its pages, as browsers write it: <c>https://nation.example</c>.</summary>
    public string Origin => new Uri(Issuer) is var uri && uri.IsDefaultPort ? $"{uri.Scheme}://{uri.IdnHost}" : $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}";

    /// <summary>The name of the nation's public log: the issuer without its scheme, and <c>/log</c>.</summary>
    public string LogOrigin => Issuer[(Issuer.IndexOf("//", StringComparison.Ordinal) + 2)..].TrimEnd('/') + (LogGeneration.Length == 0 ? "/log" : $"/log/{LogGeneration}");

    /// <summary>Whether the issuer's host leads to the own machine alone, on each machine to itself: no other device reaches this nation by it.</summary>
    public bool IsOnThisMachineAlone => LeadsToThisMachineAlone(new Uri(Issuer));

    /// <summary>Whether a host is localhost, a name under it, or a loopback address.</summary>
    public static bool LeadsToThisMachineAlone(Uri uri) => uri.IsLoopback || uri.Host.EndsWith(".localhost", StringComparison.Ordinal);

    /// <summary>The URL of a path under the issuer.</summary>
    /// <param name="path">Begins with a slash.</param>
    public string Url(string path) => Issuer.TrimEnd('/') + path;
}
