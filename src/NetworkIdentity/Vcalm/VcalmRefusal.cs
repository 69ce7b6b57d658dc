using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;

namespace NetworkIdentity.Vcalm;

/// <summary>What VCALM refuses [VCALM §Error Handling].</summary>
public static class VcalmRefusal
{
    /// <summary>An option that is not known here.</summary>
    public const string UnknownOptionCode = "UNKNOWN_OPTION_PROVIDED";

    /// <summary>What the request names is not there.</summary>
    public const string NotFoundCode = "not_found";

    /// <summary>An option, or a value of one, that is not known here: nothing is left out of what a client asks for.</summary>
    public static Refusal UnknownOption(string name) => new(UnknownOptionCode, $"{name} is not known here");

    /// <summary>What the request names is not there.</summary>
    public static Refusal NotFound(string description) => new(NotFoundCode, description);

    /// <summary>The credential's id is that of another that this instance issued.</summary>
    public static Refusal Duplicate() => CredentialRefusal.Malformed("a credential of this id was issued: its status is that one's");
}
