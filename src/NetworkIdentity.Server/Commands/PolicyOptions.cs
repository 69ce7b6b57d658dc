using System.CommandLine;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Commands;

/// <summary>How a command is told what an app may ask: a file, or types, which are the short form of one.</summary>
/// <param name="of">Whose sign-ins, in words for the help.</param>
internal sealed class PolicyOptions(string of)
{
    private readonly Option<string?> _file = new("--policy-file") { Description = $"A file with the policy of {of} as JSON (schemas/policy.schema.json), in place of --policy and --optional" };

    private readonly Option<string[]> _types = new("--policy")
    {
        Description = $"The credential type that a sign-in to {of} must prove, membership where none is given; may be repeated",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _optional = new("--optional")
    {
        Description = $"A credential type that is proven as well where a request of {of} asks for something of it; may be repeated",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_types);
        command.Add(_optional);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_file) is not null && (result.GetValue(_types)!.Length > 0 || result.GetValue(_optional)!.Length > 0))
                result.AddError("Give --policy-file, or --policy and --optional.");
        });
    }

    /// <summary>Whether a file was given.</summary>
    public bool IsFile(ParseResult result) => result.GetValue(_file) is not null;

    /// <summary>The policy that was given.</summary>
    public async Task<ProofPolicy> ReadAsync(ParseResult result)
    {
        if (result.GetValue(_file) is { } file) return ProofPolicy.Parse(await ClientCommand.ReadAsync("--policy-file", file));
        return ProofPolicy.Of(result.GetValue(_types) is { Length: > 0 } types ? types : [CredentialType.Membership], result.GetValue(_optional)!);
    }
}
