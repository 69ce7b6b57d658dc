using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;

namespace NetworkIdentity.Vcalm;

/// <summary>Issues what the clients of an instance send, in the instance's own name [VCALM §Issue Credential].</summary>
public sealed class InstanceIssuer(InstanceStatusLists statuses, TimeProvider time)
{
    /// <summary>Issues one credential.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="body">The body of the request.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="Refusal">PARSING_ERROR, MALFORMED_VALUE_ERROR, CRYPTOGRAPHIC_SECURITY_ERROR, NOT_UNDERSTOOD, UNKNOWN_OPTION_PROVIDED.</exception>
    public async Task<JsonObject> IssueAsync(Instance instance, ReadOnlyMemory<byte> body)
    {
        // 1. What is asked for, and nothing that would be left out.
        var request = InstanceRequest.Read(body, "credential", "credentialId");
        var credential = request.Object("credential");
        if (credential.ContainsKey("proof")) throw CredentialRefusal.Malformed("the credential has a proof: this instance issues what has none yet");

        // 2. A credential of the data model, in this instance's name, whose names mean what they seem to mean: what is issued here is verified here.
        var read = VerifiableCredential.Read(credential);
        if (read.Issuer != instance.Did) throw CredentialRefusal.Malformed($"issuer must be {instance.Did}");
        if (read.Version != DataModelVersion.V20 && instance.Options.Cryptosuite == InstanceOptions.VcJwt) throw CredentialRefusal.Malformed("this instance issues version 2.0 of the data model alone");
        instance.Contexts.Check(read);

        // 3. A status, kept before anything is signed. What can't be spoken of later gets none.
        if (instance.Options.HasStatus && read.Version == DataModelVersion.V20 && (request.Text("credentialId") ?? read.Id) is { } id)
        {
            var entries = await statuses.TakeAsync(instance, id);
            credential = credential.DeepClone().AsObject();
            credential["credentialStatus"] = new JsonArray([.. read.Statuses.Select(status => status.DeepClone()), .. entries.Select(entry => entry.ToJson())]);
        }

        // 4. The signature.
        return new JsonObject { ["verifiableCredential"] = await instance.SecureAsync(credential, time.GetUtcNow()) };
    }
}
