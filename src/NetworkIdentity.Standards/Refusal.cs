namespace NetworkIdentity.Standards;

/// <summary>
/// An input broke a rule. It carries the specification's own error code, words that may be shown to anyone, and a private
/// cause that may not. Thrown where the rule stands; translated once, in the server's Doors.
/// </summary>
/// <remarks>
/// Refusals are made by named factories that stand together per protocol (for example <c>OAuthRefusal.InvalidGrant</c>).
/// Parsers that do not know which protocol they serve refuse with <see cref="Malformed"/>; the protocol that called them
/// puts its own code on with <see cref="Recode{T}"/>.
/// </remarks>
public sealed class Refusal : Exception
{
    /// <summary>The code of a refusal whose protocol has not named it yet.</summary>
    public const string MalformedCode = "malformed";

    /// <summary>Makes a refusal.</summary>
    /// <param name="code">The specification's error code, for example <c>invalid_grant</c>.</param>
    /// <param name="description">What was wrong and what would be right, in printable ASCII, without data of a person.</param>
    /// <param name="cause">What led to it; for the log, never for the answer.</param>
    public Refusal(string code, string description, Exception? cause = null)
        : base(description, cause)
    {
        Code = code;
        Description = description;
    }

    /// <summary>The specification's error code.</summary>
    public string Code { get; }

    /// <summary>Words for the caller: printable ASCII, no secrets, no personal data.</summary>
    public string Description { get; }

    /// <summary>What stands beside it in a challenge, as parameters of that [RFC9110 §11.2]: what would be enough; null for nothing.</summary>
    public string? Challenge { get; init; }

    /// <summary>The input is not of the form its specification gives.</summary>
    public static Refusal Malformed(string description, Exception? cause = null) => new(MalformedCode, description, cause);

    /// <summary>Runs <paramref name="read"/>; what it finds malformed is refused with <paramref name="code"/> instead.</summary>
    /// <exception cref="Refusal">With <paramref name="code"/>, and the words of the refusal that was met.</exception>
    public static T Recode<T>(string code, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Refusal refusal) when (refusal.Code == MalformedCode)
        {
            throw new Refusal(code, refusal.Description, refusal);
        }
    }
}
