namespace NetworkIdentity.Server.Pages.Desk;

/// <summary>A field of a form of the desk.</summary>
/// <param name="Name">Its name in the form.</param>
/// <param name="Label">Its label.</param>
/// <param name="Kind">One of the constants here.</param>
public sealed record DeskField(string Name, string Label, string Kind)
{
    /// <summary>A line of words.</summary>
    public const string Line = "line";

    /// <summary>A line that is no words.</summary>
    public const string Id = "id";

    /// <summary>Some lines of words.</summary>
    public const string Lines = "lines";

    /// <summary>Some lines that are no words.</summary>
    public const string Code = "code";

    /// <summary>A number.</summary>
    public const string Number = "number";

    /// <summary>A day.</summary>
    public const string Day = "day";

    /// <summary>One of some.</summary>
    public const string Choice = "choice";

    /// <summary>Some of some, each a field of its own.</summary>
    public const string Choices = "choices";

    /// <summary>What was typed.</summary>
    public string Value { get; init; } = "";

    /// <summary>What can be chosen, with its words.</summary>
    public IReadOnlyList<(string Value, string Words)> Options { get; init; } = [];

    /// <summary>The names of those that were chosen.</summary>
    public IReadOnlySet<string> Chosen { get; init; } = new HashSet<string>();

    /// <summary>What helps to fill it in; null where nothing is needed.</summary>
    public string? Hint { get; init; }

    /// <summary>What is wrong with what was typed; null where nothing is.</summary>
    public string? Error { get; init; }
}
