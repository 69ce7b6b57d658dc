namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="PreviewPage"/> shows.</summary>
public sealed record PreviewView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>GET: this page.</summary>
    public required string Url { get; init; }

    /// <summary>The client id that was given; null where none was.</summary>
    public string? ClientId { get; init; }

    /// <summary>The scopes that were given; null where none were.</summary>
    public string? Scope { get; init; }

    /// <summary>The app's name; null where there is no app of that id.</summary>
    public string? Partner { get; init; }

    /// <summary>The host that the answer would go to, of each redirect URI.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What would be asked, one entry a credential.</summary>
    public IReadOnlyList<AskedCredential> Asked { get; init; } = [];

    /// <summary>Why the app asks, in its own words; null where it says nothing.</summary>
    public string? Purpose { get; init; }

    /// <summary>Whether the app would be told who issued each credential, and when.</summary>
    public bool TellsIssuance { get; init; }

    /// <summary>The one way in which it may be proven, as a sentence goes on; null where there are more.</summary>
    public string? Way { get; init; }

    /// <summary>The policy as JSON.</summary>
    public string Policy { get; init; } = "";

    /// <summary>The query that a wallet would get, as JSON.</summary>
    public string Query { get; init; } = "";

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
