using System.CommandLine;
using System.Data.Common;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Commands;

/// <summary>The command <c>netid</c> and its verbs. Without a verb it serves.</summary>
public static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <returns>0; 1 where something was refused; 2 where the configuration or the command line is wrong; 3 where a credential could not be checked.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var result = Build().Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("Try: netid --help");
            return 2;
        }

        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (SettingsException exception)
        {
            foreach (var fault in exception.Faults) await Console.Error.WriteLineAsync(fault);
            return 2;
        }
        catch (Refusal refusal)
        {
            await Console.Error.WriteLineAsync($"{refusal.Code}: {refusal.Description}");
            return 1;
        }
        catch (DbException exception)
        {
            await Console.Error.WriteLineAsync($"The database failed, and whether the act was kept is not known; look before you try again: {exception.Message}");
            return 1;
        }
    }

    /// <summary>The commands, their arguments and their help.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("netid issues, revokes and verifies what members of a nation prove, and signs them in to partner apps.")
        {
            ServeCommand.Build(),
            InitCommand.Build(),
            OfferCommand.Build(),
            ClientCommand.Build(),
            ResourceCommand.Build(),
            CredentialCommand.Build(),
            MemberCommand.Build(),
            NodeCommand.Build(),
            CharterCommand.Build(),
            RecognitionCommand.Build(),
            FactsCommand.Build(),
            DeskCommand.Build(),
            KeyCommand.Build(),
            DidCommand.Build(),
            VerifyCommand.Build(),
            EvidenceCommand.Build(),
            AuditCommand.Build(),
            CensusCommand.Build(),
            BackupCommand.Build(),
            RestoreCommand.Build(),
            MigrateCommand.Build(),
            DoctorCommand.Build(),
        };
        root.SetAction((_, cancellation) => ServeCommand.RunAsync(cancellation));
        return root;
    }
}
