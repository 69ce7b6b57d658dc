using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>A proposal as JSON: the fields of the page's form, by their names, so that what can be proposed there can be here.</summary>
internal static class DeskApiForm
{
    /// <summary>The member that says what is proposed; the others are the act's fields.</summary>
    public const string ActMember = "act";

    /// <summary>The fields, as the page's form has them.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>: one that the act doesn't have, or a value of another type.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> FieldsAsync(string act, JsonObject json, NationContext nation, Charter charter)
    {
        var known = await ProposalForm.FieldsAsync(act, nation, charter, new Dictionary<string, string>(), null);
        Dictionary<string, string> fields = [];
        foreach (var (name, value) in json.Where(one => one.Key != ActMember))
        {
            var field = known.FirstOrDefault(field => field.Name == name)
                ?? throw NationRefusal.InvalidProposal($"{act} has no {name}; it has {string.Join(", ", known.Select(field => field.Name))}");
            switch (value)
            {
                // Of what can be chosen more than once, each choice is a field of the form.
                case JsonArray chosen:
                    foreach (var one in chosen.Select(one => $"{name}.{TextOf(name, one)}"))
                        fields[one] = field.Options.Any(option => option.Value == one) ? ProposalForm.Chosen : throw NationRefusal.InvalidProposal($"{name} holds what can't be chosen there");
                    break;
                case JsonObject whole:
                    fields[name] = StrictJson.WriteText(whole);
                    break;
                case not null:
                    fields[name] = TextOf(name, value);
                    break;
            }
        }

        return fields;
    }

    private static string TextOf(string name, JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.Number => value.ToJsonString(),
        _ => throw NationRefusal.InvalidProposal($"{name} must be a text, a number, or what the act takes there"),
    };
}
