#pragma warning disable
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
namespace NetworkIdentity.Standards.StatusLists {
}
namespace NetworkIdentity.Standards.OpenId4Vp { public sealed record PresentedCredential(string Format, string Type, JsonObject Claims); public sealed class DcqlQuery { public static DcqlQuery Parse(JsonObject o)=>new(); public void Check(IReadOnlyDictionary<string, IReadOnlyList<PresentedCredential>> p){} public JsonObject Select(string id, JsonObject c)=>c; } }
