namespace NetworkIdentity.Server.Pages.Recover;

/// <summary>What <see cref="BeginPage"/> shows.</summary>
public sealed record BeginView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>POST <c>code</c>.</summary>
    public required string Url { get; init; }

    /// <summary>What is wrong with the code that was typed; null where nothing is.</summary>
    public string? Error { get; init; }

    /// <summary>What was typed.</summary>
    public string Typed { get; init; } = "";

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
