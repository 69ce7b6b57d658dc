namespace NetworkIdentity.Standards.StatusLists;

/// <summary>What a list says of one entry: the result of the validation [BSL §3.2 steps 11 to 15].</summary>
/// <param name="Purpose">What the list is about.</param>
/// <param name="Value">The status, 0 for unset.</param>
/// <param name="Message">What the entry says of that value; null where it says nothing.</param>
public sealed record BitstringStatus(string Purpose, int Value, string? Message)
{
    /// <summary>The result's <c>valid</c>: whether the status is unset. Of a refresh or a message that is not whether the credential is valid.</summary>
    public bool IsValid => Value == 0;

    /// <summary>What it says of the credential. A message, and a purpose that is not the specification's, say nothing once they are set.</summary>
    public StatusMeaning Meaning => Purpose switch
    {
        StatusPurpose.Refresh => StatusMeaning.Valid,
        _ when IsValid => StatusMeaning.Valid,
        StatusPurpose.Revocation => StatusMeaning.Revoked,
        StatusPurpose.Suspension => StatusMeaning.Suspended,
        _ => StatusMeaning.Unknown,
    };
}
