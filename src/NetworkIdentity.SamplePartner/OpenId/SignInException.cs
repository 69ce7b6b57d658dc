namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>A sign-in that can't go on, and why.</summary>
/// <param name="fault">Which of the pages.</param>
/// <param name="code">An error code, the provider's or the check's that failed; null where there is none.</param>
/// <param name="description">What the provider said to it, or what was found; null where nothing.</param>
internal sealed class SignInException(Fault fault, string? code = null, string? description = null) : Exception($"{fault}: {code} {description}")
{
    public Fault Fault { get; } = fault;

    public string? Code { get; } = code;

    public string? Description { get; } = description;
}
