namespace EventMesh.Api.Features.Connections;

/// <summary>How much of what a credential may have.</summary>
public static class CredentialLimits
{
    /// <summary>Of a query parameter's or a form parameter's name.</summary>
    public const int NameCharsMax = 128;

    /// <summary>Of an API key, password, bearer token or client secret.</summary>
    public const int SecretCharsMax = 4096;
    public const int PrefixCharsMax = 64;
    public const int UsernameCharsMax = 256;
    public const int ClientIdCharsMax = 512;
    public const int ScopesMax = 64;
    public const int ScopeCharsMax = 256;
    public const int AudienceCharsMax = 1024;
    public const int ParametersMax = 16;
    public const int ParameterCharsMax = 1024;
}
