using System.Text.Encodings.Web;
using System.Text.Json;

namespace NetworkIdentity.SamplePartner;

/// <summary>JSON for people's eyes. The page encodes it for HTML.</summary>
internal static class JsonWords
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
